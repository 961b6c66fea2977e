// Opens the kit: every component in every state, under the look and nothing else.
import '../../src/ui/theme/index.css';
import { mountKit } from '../../src/ui/kit.tsx';

const root = document.getElementById('root');
if (root) mountKit(root);
