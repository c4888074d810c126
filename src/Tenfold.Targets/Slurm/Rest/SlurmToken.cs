using System.Buffers.Text;
using System.Text.Json;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>
/// The token that slurmrestd requires. Tokens expire, mostly after half an hour, so this class reads the token from its source again after
/// five minutes and whenever slurmrestd refuses it. Safe for concurrent use.
/// </summary>
/// <param name="read">Reads the token from its source; null when there is none.</param>
/// <param name="time">The clock.</param>
/// <remarks>Source: RFC 7519; Slurm's claim for the user is <c>sun</c>. slurmctld checks the signature.</remarks>
internal sealed class SlurmToken(Func<string?> read, TimeProvider time)
{
    /// <summary>The name under which a host has the token; also the environment variable in which Slurm's commands expect it.</summary>
    public const string Name = "SLURM_JWT";

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private (string? Value, long At)? _last;

    /// <summary>The token; null when slurmrestd requires none, for example on a Unix socket.</summary>
    public string? Value
    {
        get
        {
            lock (_lock)
            {
                if (_last is not { } last || time.GetElapsedTime(last.At) >= MaxAge) _last = last = (read(), time.GetTimestamp());
                return last.Value;
            }
        }
    }

    /// <summary>Reads the token again after slurmrestd refused it.</summary>
    /// <param name="refused">The token that was refused.</param>
    /// <returns>True when the source has another token, with which the request may succeed.</returns>
    public bool TryRenew(string? refused)
    {
        lock (_lock) _last = (read(), time.GetTimestamp());
        return Value != refused;
    }

    /// <summary>The user that a token names; null when it can't be read.</summary>
    public static string? UserOf(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3) return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.TryGetProperty("sun", out var user) ? user.GetString() : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
