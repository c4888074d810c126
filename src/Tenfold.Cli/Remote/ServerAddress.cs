namespace Tenfold.Cli.Remote;

/// <summary>The server that commands ask instead of the ledger of this machine.</summary>
/// <param name="Url">Its URL, which ends with a slash.</param>
/// <param name="Key">The API key.</param>
internal sealed record ServerAddress(Uri Url, string Key)
{
    /// <summary>The variable with the URL.</summary>
    public const string Variable = "TENFOLD_SERVER";

    /// <summary>The variable with the key.</summary>
    public const string KeyVariable = "TENFOLD_API_KEY";

    /// <summary>The variable that allows plain HTTP to other machines.</summary>
    public const string PlainVariable = "TENFOLD_SERVER_PLAIN";

    /// <summary>Reads the variables.</summary>
    /// <returns>The address; null when no server is named; or BadInput.</returns>
    public static Outcome<Named> Read(IReadOnlyDictionary<string, string> variables)
    {
        if (variables.GetValueOrDefault(Variable)?.Trim() is not { Length: > 0 } text) return new Named(null);
        // The message doesn't quote the URL, because it may contain a password.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http")
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            return Refusal.BadInput($"{Variable} must be a URL such as https://tenfold.example.org, without a user or a query");
        if (url.Scheme == "http" && !url.IsLoopback && variables.GetValueOrDefault(PlainVariable) != "1")
        {
            return Refusal.BadInput(
                $"{Variable} is a plain http URL of another machine, which would send the API key readable for everybody on the way: use "
                + $"https, or set {PlainVariable}=1 in a network that you trust");
        }

        if (variables.GetValueOrDefault(KeyVariable)?.Trim() is not { Length: > 0 } key)
        {
            return Refusal.BadInput(
                $"{Variable} is set, but {KeyVariable} is not: `tenfold server keys add NAME` on the server makes a key");
        }

        if (key.Any(c => c is <= ' ' or > '~')) return Refusal.BadInput($"{KeyVariable} has characters that no key has");
        return new Named(new ServerAddress(new Uri(url.AbsoluteUri.TrimEnd('/') + "/"), key));
    }

    /// <summary>The server that is named, or none.</summary>
    /// <param name="Address">The address; null for none.</param>
    internal sealed record Named(ServerAddress? Address);
}
