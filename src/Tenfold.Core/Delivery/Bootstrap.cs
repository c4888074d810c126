namespace Tenfold.Core.Delivery;

/// <summary>The lines of a job's script before the agent. They need a POSIX shell and the programs that every Linux has.</summary>
/// <remarks>
/// The lines are the files <c>bootstrap-*.sh</c> of this folder. Each file names the variables that the lines before it set.
/// </remarks>
public static class Bootstrap
{
    /// <summary>The word for the program, once the lines that fetch it have run.</summary>
    public const string Variable = "\"$tenfold\"";

    /// <summary>The exit code for a failure that another machine or a later attempt may not have.</summary>
    public const int TransientFailure = 69;

    /// <summary>The exit code for a failure that every attempt on every machine will have.</summary>
    public const int PermanentFailure = 70;

    /// <summary>
    /// Fetches the program's archive once for each version, checks it, and extracts all of it or nothing. The lines before define the
    /// function <c>tenfold_get</c>, which downloads the archive, and the variables that <c>bootstrap-fetch.sh</c> names.
    /// </summary>
    public static string FetchByFunction => Script("bootstrap-fetch.sh");

    /// <summary>Waits until a shared folder shows the program: file systems between machines may be some seconds late.</summary>
    /// <param name="program">The program's path.</param>
    internal static string AwaitShared(string program) =>
        Variables(("tenfold", program), ("tenfold_transient", $"{TransientFailure}")) + Script("bootstrap-shared.sh");

    /// <summary>Fetches the program's archive over a link, or from a shared folder.</summary>
    /// <param name="version">The agent's version.</param>
    /// <param name="source">The archive: an absolute path, or an http link. A link is a secret: it opens the archive.</param>
    /// <param name="sha256">SHA-256 of the archive, lower hexadecimal.</param>
    /// <param name="store">The store's name, for messages.</param>
    internal static string Fetch(string version, string source, string sha256, string store) =>
        Variables(
            ("tenfold_version", version),
            ("tenfold_source", source),
            ("tenfold_sha256", sha256),
            ("tenfold_store", store),
            ("tenfold_transient", $"{TransientFailure}"),
            ("tenfold_permanent", $"{PermanentFailure}")) +
        Script("bootstrap-link.sh") + FetchByFunction;

    private static string Variables(params IEnumerable<(string Name, string Value)> values) =>
        string.Concat(values.Select(variable => $"{variable.Name}={Quote(variable.Value)}\n"));

    private static string Script(string name)
    {
        using var resource = typeof(Bootstrap).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly has no {name}");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
