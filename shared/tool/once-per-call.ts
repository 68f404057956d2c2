type Make<Input extends object, Deps, Made> = (input: Input, deps: Deps, signal: AbortSignal) => Promise<Made>;

/**
 * Runs `make` once for each call (an input is parsed anew for each), so that `target` and `plan` share one reading of
 * the backend: what the policy judged is what the person sees, and what is written.
 */
export function oncePerCallWith<Deps>() {
  return <Input extends object, Made>(make: Make<Input, Deps, Made>): Make<Input, Deps, Made> => {
    const made = new WeakMap<Input, Promise<Made>>();
    return (input, deps, signal) => {
      const known = made.get(input);
      if (known !== undefined) return known;
      const fresh = make(input, deps, signal);
      made.set(input, fresh);
      return fresh;
    };
  };
}
