using Tenfold.Core.Reasons;

namespace Tenfold.Core.Hosts;

/// <summary>The secrets of an attempt, as its host has them.</summary>
/// <param name="Values">The values by name. A secret that the host does not have is missing.</param>
/// <param name="Fault">Why the host could not read them; null when it could.</param>
public sealed record HostSecrets(IReadOnlyDictionary<string, string> Values, Reason? Fault = null)
{
    /// <summary>True when the next attempt of the run may read the secrets; default false. It counts only with a fault.</summary>
    public bool IsPassing { get; init; }

    /// <summary>The secrets that are variables of the job.</summary>
    public static HostSecrets From(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> names) =>
        new(names.Where(environment.ContainsKey).Distinct().ToDictionary(name => name, name => environment[name]));

    /// <inheritdoc/>
    public override string ToString() => $"HostSecrets {{ {string.Join(", ", Values.Keys)} }}";
}
