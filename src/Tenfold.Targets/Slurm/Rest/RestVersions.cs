using System.Text;
using System.Text.RegularExpressions;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>
/// Finds the newest openapi version that both sides know. Each release of slurmrestd serves three or four versions, and drops the oldest.
/// </summary>
/// <remarks>
/// Source: the plugins of Slurm's releases. 22.05 and 23.02 have v0.0.38; 23.11 has v0.0.38 and v0.0.40; 24.05 has up to v0.0.41, and each
/// later release adds one; 26.05 has v0.0.42 to v0.0.45. v0.0.39 is left out, since every release that has it has another known version.
/// </remarks>
internal static partial class RestVersions
{
    // v0.0.40 is the newest known version of 23.11 only. Some releases of 23.11 have grave faults in it, so v0.0.38 comes first.
    private static readonly IOpenApi[] Known =
        [.. Enumerable.Range(41, 5).Reverse().Select(number => new OpenApi40(number)), new OpenApi38(), new OpenApi40(40)];

    /// <summary>The known versions, for people.</summary>
    public const string Names = "v0.0.38 and, from Slurm 23.11.7 on, v0.0.40 to v0.0.45 (Slurm 22.05 to 26.05)";

    /// <summary>The newest known version.</summary>
    public static IOpenApi Newest => Known[0];

    /// <summary>
    /// Pings each version, the newest first, until one answers. That takes a few short answers, while the server's openapi document has a
    /// megabyte.
    /// </summary>
    /// <returns>The version and the answer to its ping.</returns>
    /// <exception cref="TargetException">The server serves no known version, or does not answer.</exception>
    public static async Task<(IOpenApi Api, RestAnswer Ping)> FindAsync(RestConnection connection, CancellationToken cancellationToken)
    {
        foreach (var api in Known)
        {
            var answer = await connection.GetAsync(api.PingPath, cancellationToken);
            if (!answer.IsUnknownAddress && (!answer.IsSuccess || answer.Read(api.IsSound))) return (api, answer);
        }

        var served = await ListServedAsync(connection, cancellationToken);
        var versions = served.Count > 0 ? $"openapi {string.Join(", ", served)}" : "no openapi version that tenfold knows";
        throw new TargetException(
            $"slurmrestd at {connection.Address} serves {versions}; tenfold knows {Names}. "
            + "Check `rest` and the plugins of slurmrestd (`-s`, `-d`), or remove `rest` and run tenfold on a login node.");
    }

    // Only the error message needs the server's large openapi document.
    private static async Task<IReadOnlyList<string>> ListServedAsync(RestConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await connection.GetAsync("openapi/v3", cancellationToken);
            if (!answer.IsSuccess) return [];
            var versions = ServedVersion().Matches(Encoding.UTF8.GetString(answer.Body)).Select(match => match.Groups[1].Value);
            return [.. versions.Distinct().Order(StringComparer.Ordinal)];
        }
        catch (TargetException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"/slurm/(v\d+\.\d+\.\d+)/")]
    private static partial Regex ServedVersion();
}
