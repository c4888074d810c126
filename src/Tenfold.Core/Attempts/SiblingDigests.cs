using Tenfold.Core.Platform;

namespace Tenfold.Core.Attempts;

/// <summary>
/// The digests of the assignments of all attempts of a submission. They travel in a variable of the job, because its agent may execute any
/// of these attempts, and must not trust what the store has of them.
/// </summary>
public static class SiblingDigests
{
    /// <summary>The environment variable: SHA-256 digests in the order of the submission's attempts, separated by spaces.</summary>
    public const string Variable = "TENFOLD_ASSIGNMENT_DIGESTS";

    /// <summary>Reads the variable.</summary>
    /// <param name="text">Its value; null when the job has none.</param>
    /// <param name="attempts">The submission's attempts, in their order.</param>
    /// <returns>The digests by attempt; none when the numbers differ or a word is no digest. Null when the job has none.</returns>
    public static IReadOnlyDictionary<string, string>? Read(string? text, IReadOnlyList<string> attempts)
    {
        if (text is null) return null;
        var digests = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (digests.Length != attempts.Count || !digests.All(Digest.IsSha256)) return new Dictionary<string, string>();
        return attempts.Zip(digests).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
