using System.Text.Json;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>The token of <c>SLURM_JWT</c>.</summary>
/// <remarks>Source: RFC 7519; Slurm's claim is <c>sun</c>. Whether it is genuine is slurmctld's matter.</remarks>
internal static class SlurmToken
{
    /// <summary>The user that it names; null when it can't be read.</summary>
    public static string? UserOf(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3) return null;
        try
        {
            using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.TryGetProperty("sun", out var user) ? user.GetString() : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
