using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Keys;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Ledger;

/// <summary>
/// The key with which a home signs the work that its user asked for. Only signed work is started and stopped by itself, so whoever can
/// write to the ledger can't make this user's commands execute anything.
/// </summary>
/// <remarks>
/// A tag (HMAC-SHA256) covers what a run executes and the number of the attempt that the user asked for. The attempts that follow it by
/// the rule for retries need no tag of their own: any controller may record them.
/// </remarks>
/// <param name="read">Reads the key's bytes when they are first needed; null when there is no key, and then nothing is signed.</param>
public sealed class WorkKey(Func<byte[]?> read)
{
    private const string FileName = "work.key";
    private const string Version = "1";

    private readonly Lazy<byte[]?> _key = new(read);

    /// <summary>The key of a home folder, which is made when it is first needed.</summary>
    public static WorkKey OfHome(string home) => new(() => HomeKey.Parse(HomeKey.ReadOrCreate(home, FileName)));

    /// <summary>A new key, which no other object has.</summary>
    public static WorkKey New() => new(() => RandomNumberGenerator.GetBytes(32));

    /// <summary>Signs a run.</summary>
    /// <param name="work">The run as the ledger has it.</param>
    /// <param name="attempt">The number of the attempt that the user asked for.</param>
    /// <returns>The tag; null without a key.</returns>
    public string? Sign(SignedRun work, int attempt) => Tag(work, attempt) is { } tag ? $"{Version}.{attempt}.{tag}" : null;

    /// <summary>True when this key signed the run for this attempt, or for one that this attempt follows by the rule for retries.</summary>
    /// <param name="tag">The tag in the ledger; null when there is none.</param>
    /// <param name="work">The run as the ledger has it.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="more">How many more attempts the run's resources allow: <see cref="ResourceSpec.MoreAttempts"/>.</param>
    public bool Covers(string? tag, SignedRun work, int attempt, long more)
    {
        if (tag?.Split('.') is not [Version, var number, var mac]) return false;
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
            && attempt >= asked && (long)attempt - asked <= more
            && Tag(work, asked) is { } expected && IsEqual(mac, expected);
    }

    /// <summary>Signs a study.</summary>
    /// <param name="study">The study's id.</param>
    /// <param name="spec">Its specification as the ledger has it.</param>
    /// <returns>The tag; null without a key.</returns>
    public string? SignStudy(string study, string spec) => StudyTag(study, spec) is { } tag ? $"{Version}.{tag}" : null;

    /// <summary>True when this key signed the study.</summary>
    public bool CoversStudy(string? tag, string study, string spec) =>
        tag?.Split('.') is [Version, var mac] && StudyTag(study, spec) is { } expected && IsEqual(mac, expected);

    /// <summary>Signs an API key of a server.</summary>
    /// <returns>The tag; null without a key.</returns>
    public string? SignServerKey(ServerKey key) => ServerKeyTag(key) is { } tag ? $"{Version}.{tag}" : null;

    /// <summary>True when this key signed the API key with this role.</summary>
    public bool CoversServerKey(string? tag, ServerKey key) =>
        tag?.Split('.') is [Version, var mac] && ServerKeyTag(key) is { } expected && IsEqual(mac, expected);

    private string? ServerKeyTag(ServerKey key) => Authenticate($"tenfold server key\n{key.Role}\n{key.Sha256}\n{key.Name}");

    private string? StudyTag(string study, string spec) => Authenticate($"tenfold study\n{Digest(spec)}\n{study}");

    // The names come last: only they could contain a line break, and the fields before them are numbers and digests.
    private string? Tag(SignedRun work, int attempt) => work.Run != RunNames.Run(work.Group, work.Repeat) ? null : Authenticate(
        string.Create(
            CultureInfo.InvariantCulture, $"tenfold run\n{work.Repeat}\n{work.Seed}\n{attempt}\n{work.SpecDigest}\n{work.Group}"));

    private string? Authenticate(string text) =>
        _key.Value is { } key ? Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) : null;

    private static bool IsEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    /// <summary>The digest of a specification, which the tags of all its runs contain.</summary>
    public static string Digest(string spec) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spec)));
}

/// <summary>What a tag covers: everything in the ledger that decides what a run executes.</summary>
/// <param name="Run">The run's name; a name that doesn't belong to the group and the repeat is never signed.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Repeat">Which repeat of the group.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="SpecDigest"><see cref="WorkKey.Digest"/> of the group's specification, as the ledger has it.</param>
public sealed record SignedRun(string Run, string Group, int Repeat, long Seed, string SpecDigest);
