namespace Tenfold.Core.Checkpoints;

/// <summary>Recognizes the names that programs give to files that they have not finished writing.</summary>
/// <remarks>
/// Such a file isn't part of a checkpoint yet, so it doesn't make the checkpoint incomplete. Sources: Python's
/// <c>tempfile</c> (<c>tmp8x2k…</c>), Orbax (<c>100.orbax-checkpoint-tmp-17</c>), transformers (<c>tmp-checkpoint-500</c>), curl
/// and browsers (<c>.part</c>), TensorFlow (<c>.tempstate123</c>).
/// </remarks>
internal static class TemporaryNames
{
    private static readonly string[] Words = ["tmp", "temp", "tempstate", "incomplete", "unfinished"];

    // Only as endings, because as words they also name parts of a checkpoint, such as model-part-1.bin.
    private static readonly string[] Endings = ["~", ".part", ".partial", ".new", ".swp", ".download", ".filepart"];

    /// <summary>True when the file, or a folder above it, has the name of a temporary file.</summary>
    public static bool Contains(string path) => path.Split('/').Any(IsTemporary);

    private static bool IsTemporary(string name) =>
        Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        || IsFromPython(name)
        || WordsOf(name).Any(word => Words.Contains(word, StringComparer.OrdinalIgnoreCase));

    // tempfile: "tmp" and eight letters, digits or underscores.
    private static bool IsFromPython(string name) => name.Length == 11 && name.StartsWith("tmp", StringComparison.Ordinal);

    // A word is a run of letters: "model.tmp3" has the words "model" and "tmp".
    private static IEnumerable<string> WordsOf(string name)
    {
        for (int at = 0, end; at < name.Length; at = end + 1)
        {
            for (end = at; end < name.Length && char.IsAsciiLetter(name[end]);) end++;
            if (end > at) yield return name[at..end];
        }
    }
}
