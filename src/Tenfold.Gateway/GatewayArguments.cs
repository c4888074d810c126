using System.Globalization;
using Tenfold.Gateway.RequestLog;

namespace Tenfold.Gateway;

/// <summary>The command line of the program, as <c>tenfold gateway</c> passes it on: pairs of an option and its value.</summary>
internal sealed record GatewayArguments
{
    /// <summary>The address to listen on.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The name of this gateway's spool.</summary>
    public string Id { get; init; } = "default";

    /// <summary>The model of the old contract; null: the only one.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>When a request counts as recorded.</summary>
    public Durability Durability { get; init; }

    /// <summary>What happens when the spool is full.</summary>
    public FullPolicy WhenFull { get; init; }

    /// <summary>The disk space of the spool; null for its default.</summary>
    public long? BudgetBytes { get; init; }

    /// <summary>How long requests are kept; null for ever.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>How requests reach the models.</summary>
    public ForwardingChoice Forwarding { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <returns>The arguments; or BadInput.</returns>
    public static Outcome<GatewayArguments> Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new GatewayArguments();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count) return Refusal.BadInput($"{arguments[i]} needs a value");
            if (parsed.With(arguments[i], arguments[i + 1]) is not { } next)
                return Refusal.BadInput($"{arguments[i]} {arguments[i + 1]} is not understood: see `tenfold gateway --help`");
            parsed = next;
        }

        return parsed;
    }

    private GatewayArguments? With(string option, string value) => option switch
    {
        "--url" when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" => this with { Url = value },
        "--id" when value.Length > 0 && !value.Contains('/') && value[0] != '.' => this with { Id = value },
        "--default-model" => this with { DefaultModel = value },
        "--durability" when Enum.TryParse<Durability>(value, ignoreCase: true, out var durability) => this with { Durability = durability },
        "--when-full" when Enum.TryParse<FullPolicy>(value, ignoreCase: true, out var policy) => this with { WhenFull = policy },
        "--budget-bytes" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 =>
            this with { BudgetBytes = bytes },
        "--retention-seconds" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 =>
            this with { Retention = TimeSpan.FromSeconds(seconds) },
        "--forwarding" when Enum.TryParse<ForwardingChoice>(value, ignoreCase: true, out var choice) => this with { Forwarding = choice },
        _ => null,
    };
}
