namespace Tenfold.Server;

/// <summary>What a server is started with.</summary>
public sealed record ServerOptions
{
    /// <summary>The address that the server listens on; default: this machine only. Port 0 takes a free port.</summary>
    public string Url { get; init; } = "http://127.0.0.1:4000";

    /// <summary>The pause between two rounds of the control loop; default: two seconds.</summary>
    public TimeSpan ControlPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest body of a delivery, in bytes; default: the 25 MB that GitHub sends at most.</summary>
    public long MaxBodyBytes { get; init; } = 25 << 20;

    /// <summary>The memory for the bodies of deliveries that are being received, in bytes, each counted twice; default: 256 MiB.</summary>
    public long MaxBodiesBytes { get; init; } = 256 << 20;

    /// <summary>True for logs of a JSON object on each line; default: lines for people.</summary>
    public bool LogsJson { get; init; }

    /// <summary>Reads a command line: pairs of an option and its value.</summary>
    /// <returns>The options; or BadInput.</returns>
    internal static Outcome<ServerOptions> Parse(IReadOnlyList<string> arguments)
    {
        var options = new ServerOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count) return Refusal.BadInput($"{arguments[i]} needs a value");
            if (options.With(arguments[i], arguments[i + 1]) is not { } next)
                return Refusal.BadInput($"{arguments[i]} {arguments[i + 1]} is not understood: see `tenfold server --help`");
            options = next;
        }

        return options;
    }

    private ServerOptions? With(string option, string value) => (option, value) switch
    {
        ("--url", _) when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme == "http" => this with { Url = value },
        ("--log-format", "text") => this with { LogsJson = false },
        ("--log-format", "json") => this with { LogsJson = true },
        _ => null,
    };
}
