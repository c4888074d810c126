using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Jobs;

/// <summary>
/// The attempts of a job or an array of jobs, by index, with the SHA-256 of each assignment. The list is in the store, and its own SHA-256
/// travels with the job: so a job trusts nothing in the store that its submitter did not put there.
/// </summary>
/// <param name="Entries">The attempts, in the order of the array's index.</param>
internal sealed record AttemptList(IReadOnlyList<AttemptList.Entry> Entries)
{
    private string? _sha256;

    /// <summary>The list's key. It is in the folder of the first attempt, with which `tenfold gc` removes it.</summary>
    public string Key => KeyOf(Entries[0].Attempt, Sha256);

    /// <summary>The SHA-256 of <see cref="Text"/>, lower hexadecimal.</summary>
    public string Sha256 => _sha256 ??= Hash(Encoding.ASCII.GetBytes(Text));

    /// <summary>A line for each attempt: the attempt, a blank, and the SHA-256 of its assignment.</summary>
    public string Text => string.Concat(Entries.Select(entry => $"{entry.Attempt} {entry.Sha256}\n"));

    /// <summary>The names of the attempts.</summary>
    public IReadOnlyList<string> Attempts => [.. Entries.Select(entry => entry.Attempt)];

    /// <summary>Writes the list.</summary>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public Task WriteAsync(IStore store, CancellationToken cancellationToken) =>
        store.WriteAsync(Key, Encoding.ASCII.GetBytes(Text), cancellationToken);

    /// <summary>Reads the list that begins with an attempt.</summary>
    /// <returns>Null when the store has no such list, or another one under its name.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<AttemptList?> ReadAsync(IStore store, string first, string sha256, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(KeyOf(first, sha256), cancellationToken) is not { } text || Hash(text) != sha256) return null;
        var lines = Encoding.ASCII.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '));
        return new AttemptList([.. lines.Select(parts => new Entry(parts[0], parts[1]))]);
    }

    /// <summary>The SHA-256 of bytes, lower hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string KeyOf(string first, string sha256) =>
        $"{Path.GetDirectoryName(AttemptKeys.Assignment(first))}/list-{sha256}";

    /// <summary>An attempt of the list.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Sha256">The SHA-256 of its assignment, lower hexadecimal.</param>
    internal sealed record Entry(string Attempt, string Sha256);
}
