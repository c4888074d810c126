using System.Text;
using System.Text.RegularExpressions;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>
/// Finds the newest openapi version that both sides know. Each release of slurmrestd serves three or four and drops the oldest.
/// </summary>
/// <remarks>
/// Source: the plugins of Slurm's releases: 22.05 and 23.02 have v0.0.38; 23.11 v0.0.38 and v0.0.40; 24.05 up to v0.0.41, and each later
/// one a number more; 26.05 v0.0.42 to v0.0.45. v0.0.39 is passed over: each release that has it has another that we know.
/// </remarks>
internal static partial class RestVersions
{
    // Only in 23.11 is v0.0.40 the newest known version, and some releases of it have grave faults: its v0.0.38 is tried first.
    private static readonly IOpenApi[] Known =
        [.. Enumerable.Range(41, 5).Reverse().Select(number => new OpenApi40(number)), new OpenApi38(), new OpenApi40(40)];

    /// <summary>The versions, for people.</summary>
    public const string Names = "v0.0.38 and, from Slurm 23.11.7 on, v0.0.40 to v0.0.45 (so Slurm 22.05 to 26.05)";

    /// <summary>The newest that we know.</summary>
    public static IOpenApi Newest => Known[0];

    /// <summary>
    /// Pings each version, the newest first, until one answers: these are a few short answers, and the server's own openapi document has a
    /// megabyte.
    /// </summary>
    /// <returns>The version, and what its ping answered.</returns>
    /// <exception cref="TargetException">There is none, or the server does not answer as it should.</exception>
    public static async Task<(IOpenApi Api, RestAnswer Ping)> FindAsync(RestConnection connection, CancellationToken cancellationToken)
    {
        foreach (var api in Known)
        {
            var answer = await connection.GetAsync(api.PingPath, cancellationToken);
            if (!answer.IsUnknownAddress && (!answer.IsSuccess || answer.Read(api.IsSound))) return (api, answer);
        }

        var offered = await OfferedAsync(connection, cancellationToken);
        throw new TargetException(
            $"slurmrestd at {connection.Address} offers {(offered.Count > 0 ? $"openapi {string.Join(", ", offered)}" : "no openapi " +
                "version that is known here")}, "
            + $"and tenfold speaks {Names}: check `rest`, and the plugins that slurmrestd is started with (`-s`, `-d`), "
            + "or remove `rest` and run tenfold where Slurm's commands are.");
    }

    // What it serves, from its own document; only where an error is to be told.
    private static async Task<IReadOnlyList<string>> OfferedAsync(RestConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await connection.GetAsync("openapi/v3", cancellationToken);
            if (!answer.IsSuccess) return [];
            var served = Served().Matches(Encoding.UTF8.GetString(answer.Body)).Select(match => match.Groups[1].Value);
            return [.. served.Distinct().Order(StringComparer.Ordinal)];
        }
        catch (TargetException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"/slurm/(v\d+\.\d+\.\d+)/")]
    private static partial Regex Served();
}
