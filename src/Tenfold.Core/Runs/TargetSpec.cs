using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Runs;

/// <summary>
/// Where a group's runs execute. It is recorded when the group is made, so that later commands need no <c>tenfold.yaml</c>.
/// </summary>
/// <param name="Kind">The kind of target, as in <c>tenfold.yaml</c>: <c>local</c>, <c>slurm</c>.</param>
/// <param name="Place">
/// Identifies the backend, in a form that depends on the kind, as seen from the machine and user that made the group:
/// <c>alice@cluster</c>. A controller handles only those attempts whose place equals the place of the target that it resolves.
/// </param>
/// <param name="Options">The target's options, as a JSON object with the names of <c>tenfold.yaml</c>.</param>
public sealed record TargetSpec(string Kind, string Place, JsonElement Options)
{
    /// <summary>The kind of this machine, which needs no backend. Groups record the word, so it never changes.</summary>
    public const string LocalKind = "local";

    /// <summary>True for the machine that recorded the group.</summary>
    [JsonIgnore]
    public bool IsLocal => Kind == LocalKind;
}
