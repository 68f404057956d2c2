/** What `workflow new` writes. A line that begins with `#` and no space is an example: without the `#` it is valid, too. */
export function yamlTemplate(name: string, agent: string): string {
  return `# yaml-language-server: $schema=./workflow.schema.gen.json
name: ${name}
description: Looks at one namespace, and proposes what would repair it.

# Without a trigger, only a person starts it. A schedule has five fields, in UTC.
trigger:
  - manual: true
#  - schedule: "0 */6 * * *"
#  - type: alert
#    match: { alertname: KubePodNotReady }

# What a person gives at the start: k8s-agent workflow run ${name} --input namespace=shop
inputs:
  namespace:
    description: name of the namespace
    required: true

# What calls of this run may do without a yes, and what needs one in any case. It never reaches what is forbidden.
#autonomy:
#  auto_approve: [restart pod]
#  always_confirm: [scale]

# One run at a time for each namespace; "queue" would wait instead.
#concurrency: { key: "${name}-{{ inputs.namespace }}", on_conflict: skip }

timeout: 1h

steps:
  - name: look
    agent: ${agent}
    model: haiku
    task: Say which workloads in {{ inputs.namespace }} are not as they should be, and why.
    output:
      type: object
      properties:
        summary: { type: string }
        healthy: { type: boolean }
      required: [summary, healthy]

  # Nothing is changed before a person has said yes to exactly what this step proposes.
  - name: repair
    condition: "{{ steps.look.healthy == false }}"
    agent: ${agent}
    task: "Propose the smallest change that repairs this: {{ steps.look.summary }}"
    confirm_if: actions_proposed

  # The engine writes it from the answers, after a failure, too.
  - name: notify
    action: report
    outputs: [summary, actions-taken]
`;
}

/** Its text is what the orchestrator is asked; nothing in it is evaluated. */
export function markdownTemplate(name: string, title: string): string {
  return `---
name: ${name}
description: Looks at one namespace, and says what would repair it.
# What a person gives at the start: k8s-agent workflow run ${name} --input namespace=shop
inputs:
  namespace:
    description: name of the namespace
    required: true
# What calls of this run may do without a yes, and what needs one in any case. It never reaches what is forbidden.
#autonomy:
#  auto_approve: [restart pod]
#  always_confirm: [scale]
timeout: 1h
---

# ${title}

1. Ask k8s-diagnostician which workloads in the namespace are not as they should be, and why
2. Ask git-operator for the smallest change that repairs them
3. Report what was found, and what waits for a person
`;
}
