namespace Tenfold.Core.Hosts;

/// <summary>What a kind of target needs to find out whether it started this process, and to serve as its host.</summary>
/// <param name="Environment">This process's environment variables.</param>
/// <param name="Submission">
/// The attempts of the job's submission, in the target's own notation; null when the job was submitted alone.
/// </param>
/// <param name="Time">The clock.</param>
public sealed record HostContext(IReadOnlyDictionary<string, string> Environment, string? Submission, TimeProvider Time);
