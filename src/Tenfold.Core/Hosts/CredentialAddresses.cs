using Tenfold.Core.Platform;

namespace Tenfold.Core.Hosts;

/// <summary>
/// The addresses to which the user's credentials may be sent. The user sets them in the home or in the environment, never in a project or
/// in the ledger: those may come from somebody else.
/// </summary>
/// <remarks>
/// An entry is <c>https://host:port</c> or <c>unix:/path</c>. Plain HTTP to another machine shows the credentials to everybody on the way,
/// so such an address counts only with the mark <c>plain+</c>: <c>plain+http://host:port</c>. Paths of URLs are ignored.
/// </remarks>
public sealed class CredentialAddresses
{
    /// <summary>The environment variable with further addresses, separated by commas or spaces.</summary>
    public const string Variable = "TENFOLD_CREDENTIAL_ADDRESSES";

    private const string FileName = "credential-addresses";
    private const string Plain = "plain+";
    private const string Socket = "unix:";

    private readonly HashSet<string> _entries;

    /// <summary>Creates the list.</summary>
    /// <param name="entries">The entries; those that are no addresses are ignored.</param>
    public CredentialAddresses(IEnumerable<string> entries) => _entries = [.. entries.Select(Normalize).OfType<string>()];

    /// <summary>A list without addresses.</summary>
    public static CredentialAddresses None { get; } = new([]);

    /// <summary>The entries in their normal form, sorted.</summary>
    public IReadOnlyList<string> Entries => [.. _entries.Order(StringComparer.Ordinal)];

    /// <summary>Reads the list of a home and of an environment.</summary>
    public static CredentialAddresses Read(string home, IReadOnlyDictionary<string, string> environment) => new(
        [.. ReadFile(home), .. (environment.GetValueOrDefault(Variable) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>Reads the list of a home.</summary>
    public static CredentialAddresses Of(string home) => new(ReadFile(home));

    /// <summary>Writes the list of a home.</summary>
    /// <exception cref="IOException">The home can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The home can't be written.</exception>
    public void Write(string home)
    {
        var path = Path.Combine(home, FileName);
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(temporary, options))
            foreach (var entry in Entries) writer.WriteLine(entry);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The normal form of an entry; null for a text that is no address.</summary>
    public static string? Normalize(string entry)
    {
        var text = entry.Trim();
        var isPlain = text.StartsWith(Plain, StringComparison.Ordinal);
        if (isPlain) text = text[Plain.Length..];
        if (text.StartsWith(Socket, StringComparison.Ordinal))
            return isPlain || !Path.IsPathRooted(PathOf(text)) ? null : $"{Socket}{Path.GetFullPath(PathOf(text))}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0) return null;
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) return null;
        var origin = $"{url.Scheme}://{url.IdnHost.ToLowerInvariant()}:{url.Port}";
        return isPlain && NeedsMark(url) ? Plain + origin : origin;
    }

    /// <summary>True for an address that needs the mark: it shows what is sent to others.</summary>
    public static bool IsReadable(string address) => Uri.TryCreate(address.Trim(), UriKind.Absolute, out var url) && NeedsMark(url);

    /// <summary>An address with the user's consent to plain HTTP.</summary>
    public static string WithConsent(string address) => Plain + address.Trim();

    /// <summary>Checks that a credential may be sent to an address.</summary>
    /// <param name="credential">What the credential is called, for the message.</param>
    /// <param name="address">The address, as a project or a record names it.</param>
    /// <returns>Why it may not be sent, and what to do; null when it may.</returns>
    public string? Refuse(string credential, string address)
    {
        if (Normalize(address) is not { } entry) return $"{credential} is not sent to {address}, which is not an address.";
        var isReadable = IsReadable(address);
        if (_entries.Contains(isReadable ? Plain + entry : entry)) return null;
        return isReadable
            ? $"{credential} is not sent to {address}: everybody on the way could read it. Use https, or run " +
                $"`tenfold trust --plain-http {entry}` if the way to this machine is protected."
            : $"{credential} is not sent to {address}: a project or a record of the ledger names it, and you have not set it yourself. " +
                $"If the address is right, run `tenfold trust {entry}`.";
    }

    private static bool NeedsMark(Uri url) => url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback;

    private static string PathOf(string socket) => socket[Socket.Length..].Replace("//", "/", StringComparison.Ordinal);

    // A file that others may write is not the user's word.
    private static string[] ReadFile(string home)
    {
        var path = Path.Combine(home, FileName);
        try
        {
            if (!File.Exists(path) || Posix.Owner(path) != Posix.UserId()) return [];
            const UnixFileMode others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
            return (File.GetUnixFileMode(path) & others) == 0 ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
