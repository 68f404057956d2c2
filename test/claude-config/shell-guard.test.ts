// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell variables.
import { describe, expect, it } from 'vitest';
import { judgeShell } from '../../claude-config/hooks/judge.ts';
import { protect } from '../../claude-config/hooks/protected.ts';

const HOME = '/home/ada';
const context = {
  protection: protect(`${HOME}/.claude`, '/opt/k8s-agent/dist'),
  variables: { HOME, USER: 'ada' },
};
const judge = (command: string, cwd = `${HOME}/project`) => judgeShell(command, cwd, context);

describe('a shell command that goes round the servers is refused', () => {
  it.each([
    'kubectl get pods',
    'kubectl delete pod web-1 -n shop',
    '/usr/local/bin/kubectl get pods',
    './kubectl get pods',
    'kubectl1.35 get pods',
    'kubectl-argo-rollouts list',
    'KUBECONFIG=/tmp/x kubectl get nodes',
    'argocd app sync shop',
    'k0s kubectl get nodes',
    'k0sctl apply',
    'helm upgrade --install web ./chart',
    'sudo kubectl get pods',
    'sudo -E kubectl get pods',
    'sudo -u root kubectl get pods',
    'sudo --user root kubectl get pods',
    'env A=1 B=2 kubectl get pods',
    'env -i PATH=/bin kubectl get pods',
    'env -S "kubectl get pods"',
    'nice -n 10 kubectl get pods',
    'nohup kubectl get pods &',
    'timeout 5 kubectl get pods',
    'timeout -s KILL 5 kubectl get pods',
    'time kubectl get pods',
    'echo web-1 | xargs kubectl delete pod',
    'echo web-1 | xargs -n 1 -I {} kubectl delete pod {}',
    'bash -c "kubectl get pods"',
    "sh -c 'kubectl get pods'",
    "bash -lc 'kubectl get pods'",
    "sudo bash -c 'env kubectl get pods'",
    `bash -c "sh -c 'kubectl get pods'"`,
    'eval kubectl get pods',
    'eval "kubectl get pods"',
    'ls; kubectl get pods',
    'ls && kubectl get pods',
    'ls || kubectl get pods',
    'ls | kubectl apply -f -',
    '(kubectl get pods)',
    '{ kubectl get pods; }',
    'echo $(kubectl get pods)',
    'echo "$(kubectl get pods)"',
    'echo `kubectl get pods`',
    'cat <(kubectl get pods)',
    'if true; then kubectl get pods; fi',
    'for p in a b; do kubectl delete pod $p; done',
    'f() { kubectl "$@"; }; f get pods',
    'k\\ubectl get pods',
    "'kube'ctl get pods",
    'kube""ctl get pods',
    "$'kube\\x63tl' get pods",
    'kubectl\\\n get pods',
    'K=kubectl; $K get pods',
    '$(which kubectl) get pods',
    '$(echo kube)ctl get pods',
    'A=kube; B=ctl; $A$B get pods',
    '/usr/bin/kube* get pods',
    '/usr/bin/kubect? get pods',
    '{kubectl,get,pods}',
    '${K:-kubectl} get pods',
    'alias k=kubectl; k get pods',
    "bash <<'EOF'\nkubectl get pods\nEOF",
    'bash <<< "kubectl get pods"',
    'echo kubectl get pods | bash',
    "find . -name '*.yaml' -exec kubectl apply -f {} \\;",
    "ssh pi5-a 'sudo kubectl get pods'",
    'ssh pi5-a kubectl get pods',
    'docker run --rm bitnami/kubectl:1.35 get pods',
    `python3 -c "import os; os.system('kubectl get pods')"`,
    "python3 - <<'E'\nimport subprocess\nsubprocess.run(['kubectl', 'get', 'pods'])\nE",
    'watch -n 2 kubectl get pods',
    "watch 'kubectl get pods'",
    'command kubectl get pods',
    'exec kubectl get pods',
    'kubectl get pods; echo "unclosed',
    'KUBECTL get pods',
    'kubectl.exe get pods',
    '! kubectl get pods',
    '[[ $(kubectl get pods) ]]',
    'cat <<E\n$(kubectl get pods)\nE',
    'trap "kubectl get pods" EXIT',
    'case x in x) kubectl get pods;; esac',
    'bash -o pipefail -c "kubectl get pods"',
    '$SHELL -c "kubectl get pods"',
    'sh -c "$(echo kubectl get pods)"',
    'source <(echo kubectl get pods)',
    'cp $(which kubectl) /tmp/k; /tmp/k get pods',
    'ln -s /usr/bin/kubectl k; ./k get pods',
    `awk 'BEGIN { system("kubectl get pods") }'`,
    `${'cd x; cd y; '.repeat(40)}ls`,
    `${'sudo '.repeat(20)}kubectl get pods`,
  ])('%s', (command) => expect(judge(command)).toMatch(/round the gate/));
});

describe("a command that answers in a person's place is refused", () => {
  it.each([
    'k8s-agent approve ap-1',
    'k8s-agent reject ap-1',
    'k8s-agent passphrase',
    'k8s-agent uninstall',
    'k8s-agent service install --no-dashboard',
    'k8s-agent workflow resume cluster-health-check',
    'k8s-agent --home /x approve ap-1',
    'npx k8s-agent approve ap-1',
    'npm run -s k8s-agent -- approve ap-1',
    'npm run k8s-agent approve ap-1',
    'node cli/main.ts approve ap-1',
    'node /opt/k8s-agent/dist/k8s-agent.js approve ap-1',
    "script -qc 'k8s-agent approve ap-1' /dev/null",
    "tmux send-keys 'k8s-agent approve ap-1' Enter",
    'k8s-agent $ACTION ap-1',
  ])('%s', (command) => expect(judge(command)).toMatch(/Only a person/));
});

describe("a command that writes this system's own files is refused", () => {
  it.each([
    'echo {} > ~/.claude/settings.json',
    'echo {} >> $HOME/.claude/settings.json',
    'echo {} > "${HOME}/.claude/settings.local.json"',
    'echo {} | tee ~/.claude/settings.json',
    'sed -i s/confirm/safe/ ~/.claude/settings.json',
    'rm ~/.claude/k8s-agent.yaml',
    'rm -rf ~/.claude',
    'rm -rf ~/.claude/*',
    'rm -rf ~/.cl*de',
    'mv ~/.claude/logs /tmp/x',
    'rm ~/.claude/logs/actions/2026-11-24-actions.jsonl',
    'cp /tmp/settings.json ~/.claude/',
    'cp -t ~/.claude /tmp/settings.json',
    'ln -sf /tmp/x ~/.claude/agents/k8s-diagnostician.md',
    'chmod 777 ~/.claude/k8s-agent/state.db',
    'cd ~/.claude && rm settings.json',
    'cd ~ && cd .claude && echo {} > settings.json',
    'cd ~/project && rm ../.claude/settings.json',
    'sqlite3 ~/.claude/k8s-agent/state.db "update approvals"',
    'dd if=/dev/null of=$HOME/.claude/settings.json',
    'D=~/.claude; rm $D/settings.json',
    'truncate -s 0 ~/.claude/workflows/health/check.yaml',
    'sudo rm ~/.claude/settings.json',
    "bash -c 'rm ~/.claude/settings.json'",
    'echo {} > .claude/settings.local.json',
    'rm /opt/k8s-agent/dist/guard.js',
    'rm ~/.claude.json',
    'rm ~/.CLAUDE/Settings.json',
    'find ~/.claude/logs -type f -delete',
    'find ~/.claude -name "*.json" -exec rm {} +',
    'cd $DIR && rm settings.json',
    'if true; then echo {}; fi > ~/.claude/settings.json',
  ])('%s', (command) => expect(judge(command)).toMatch(/This (would|may) change/));
});

describe('an ordinary command is left alone', () => {
  it.each([
    'ls -la',
    'git status && git diff',
    'git commit -m "docs: explain kubectl and argocd"',
    'grep -rn kubectl docs/',
    'echo "run kubectl get pods yourself"',
    "rg 'kubectl|argocd' src",
    'cat kubectl.md',
    'npm test',
    'npm run -s k8s-agent -- doctor',
    'k8s-agent approvals list',
    'k8s-agent audit verify',
    'command -v kubectl',
    'which kubectl',
    'man kubectl',
    'sudo apt-get install kubectl',
    'helm template ./chart',
    'cat ~/.claude/settings.json',
    'jq . ~/.claude/settings.json > /tmp/copy.json',
    'cp ~/.claude/settings.json /tmp/backup.json',
    'tail -f ~/.claude/logs/actions/2026-11-24-actions.jsonl',
    'rm -rf node_modules',
    'rm *.log',
    'rm $FILE',
    'echo x > "$OUT"',
    'cd /tmp && rm settings.json',
    '$PYTHON script.py',
    '"$HOME/bin/tool" x',
    '$(npm root)/.bin/eslint .',
    'bash build.sh',
    'for f in *.ts; do wc -l "$f"; done',
    'python3 -c "print(1)"',
    "node -e 'console.log(1)'",
    "cat <<'E' > notes.md\nkubectl get pods\nE",
    'docker build -t kubectl .',
    'ssh pi5-a uptime',
    'find . -name "*.ts" -exec wc -l {} +',
    'find . -name "*.tmp" -delete',
    'find ~/.claude/logs -name "*.jsonl"',
    'cp kubectl.md /tmp/',
    'awk "/kubectl/ { print }" notes.md',
    'if [ -x "$(command -v kubectl)" ]; then echo yes; fi',
    'cd $DIR && rm build.log',
    "echo 'unclosed",
    '',
  ])('%s', (command) => expect(judge(command)).toBeUndefined());
});

describe('a refusal says what to use instead', () => {
  it.each([
    ['kubectl get pods', 'mcp__kubectl__get'],
    ['kubectl -n shop logs web-1', 'mcp__kubectl__logs'],
    ['kubectl rollout status deploy/web', 'mcp__kubectl__rollout_status'],
    ['kubectl drain pi5-b', 'mcp__kubectl__drain'],
    ['kubectl exec -it web-1 -- sh', 'in their own terminal'],
    ['argocd app sync shop', 'in their own terminal'],
  ])('%s → %s', (command, hint) => expect(judge(command)).toContain(hint));
});

describe('a command made to wear the guard out', () => {
  it.each([
    ['a megabyte of words', `echo ${'a '.repeat(500_000)}`],
    ['brackets without end', '('.repeat(20_000)],
    ['wrappers in wrappers', `${'ssh '.repeat(3_000)}x`],
    ['a name of many globs', `${'*a'.repeat(3)}${'*'.repeat(60)}x`],
    ['a path of many unknowns', `rm ${'$a'.repeat(60)}/x${'*'.repeat(60)}y`],
    ['folders upon folders', 'cd a; '.repeat(2_000)],
  ])('is judged in time: %s', (_, command) => {
    const start = performance.now();
    try {
      judge(command);
    } catch (error) {
      // The hook blocks on any error.
      expect(error).toBeInstanceOf(RangeError);
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
