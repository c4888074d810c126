using System.CommandLine;
using System.Globalization;
using Tenfold.Cli.Infra;
using Tenfold.Core.Requests;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary>The options that say which requests of a model are meant.</summary>
internal sealed class RequestsOptions
{
    private readonly Argument<string> _model = new("model") { Description = "The model." };
    private readonly Option<string?> _since = new("--since") { Description = "How far back, such as 1h or 7d. Default: everything." };
    private readonly Option<string?> _version = new("--version") { Description = "Only requests to this version." };
    private readonly Option<string?> _key = new("--key") { Description = "Only requests with this key." };
    private readonly Option<int?> _limit = new("--limit", "-n")
    {
        Description = "How many requests. Default: 20, or all with --json and --export.",
    };

    private readonly Option<string?> _status = new("--status")
    {
        Description = "Only requests with this status: 404, 5xx, 400-499, or one of the outcomes answered, rejected, unavailable, " +
            "timed-out, broken and client-gone.",
    };

    /// <summary><c>--on</c>.</summary>
    public Option<string?> On { get; } = ServingOn.Create();

    /// <summary><c>--json</c>.</summary>
    public Option<bool> Json { get; } = CommandOptions.Json();

    /// <summary><c>--overwrite</c>.</summary>
    public Option<bool> Overwrite { get; } = CommandOptions.Overwrite();

    /// <summary><c>--export</c>.</summary>
    public Option<string?> Export { get; } = new("--export")
    {
        Description = "Write the requests to this file instead, the oldest first: as Parquet if its name ends in .parquet, "
            + "otherwise one JSON object a line.",
    };

    /// <summary><c>--drift</c>.</summary>
    public Option<bool> Drift { get; } = new("--drift")
    {
        Description = "Compare inputs and outputs with those of another version, of an earlier time or of the training data. "
            + "--since is the window, one day by default.",
    };

    /// <summary><c>--against</c>.</summary>
    public Option<string?> Against { get; } = new("--against")
    {
        Description = "With --drift: what to compare with, a version or a file of training data (.csv with a header, or JSON lines).",
    };

    /// <summary><c>--delete-older-than</c>.</summary>
    public Option<string?> DeleteOlderThan { get; } =
        new("--delete-older-than") { Description = "Delete the model's requests of this age, such as 90d, with their feedback." };

    /// <summary>Adds all options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_model);
        Option[] options =
            [_since, _version, _status, _key, _limit, Drift, Against, Export, Overwrite, DeleteOlderThan, On, Json];
        foreach (var option in options)
            command.Add(option);
        _limit.Validators.Add(result => CommandOptions.CheckCount(result, "--limit", int.MaxValue));
    }

    /// <summary>The requests that are meant.</summary>
    /// <exception cref="CommandException">An option has an invalid value.</exception>
    public RequestQuery Read(ParseResult parsed, DateTimeOffset now)
    {
        var query = new RequestQuery
        {
            Model = parsed.GetValue(_model)!,
            Version = parsed.GetValue(_version),
            Key = parsed.GetValue(_key),
            Since = parsed.GetValue(_since) is { } since ? now - Period(since, "--since") : null,
            Limit = parsed.GetValue(_limit),
        };
        return parsed.GetValue(_status) is { } status ? WithStatus(query, status) : query;
    }

    /// <summary>Reads a duration.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static TimeSpan Period(string text, string option) =>
        Durations.Read(text, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"{option} {fault}");

    private static RequestQuery WithStatus(RequestQuery query, string status)
    {
        if (RequestWords.FindOutcome(status) is { } outcome) return query with { Outcome = outcome };
        if (status is [>= '1' and <= '5' and var hundreds, 'x' or 'X', 'x' or 'X'])
            return query with { MinStatus = (hundreds - '0') * 100, MaxStatus = ((hundreds - '0') * 100) + 99 };
        var ends = status.Split('-');
        if (ends.Length <= 2 && TryRead(ends[0], out var low) && TryRead(ends[^1], out var high) && low <= high)
            return query with { MinStatus = low, MaxStatus = high };
        throw new CommandException(
            ExitCodes.BadInput,
            $"--status must be like 404, 5xx or 400-499, or one of answered, rejected, unavailable, timed-out, broken, client-gone; " +
            $"not {Core.Input.Excerpt.Of(status)}");
    }

    private static bool TryRead(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status <= 999;
}
