using System.Text.Json;

namespace Tenfold.Core.Runs;

/// <summary>
/// Where a group's runs execute, fixed when the group was made: so that whoever looks later needs no <c>tenfold.yaml</c>.
/// </summary>
/// <param name="Kind">The kind of target, as <c>tenfold.yaml</c> has it: <c>local</c>, <c>slurm</c>.</param>
/// <param name="Place">
/// Whose backend it is, in the kind's own words, as seen from the machine and user that made the group: <c>alice@cluster</c>. A controller
/// looks only after what is in a place that it reaches as the same one.
/// </param>
/// <param name="Options">The target's options, as a JSON object by the names of <c>tenfold.yaml</c>.</param>
public sealed record TargetSpec(string Kind, string Place, JsonElement Options);
