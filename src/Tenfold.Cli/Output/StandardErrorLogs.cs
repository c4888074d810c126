using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tenfold.Cli.Output;

/// <summary>
/// Structured logs on standard error, one line for each event: time, level, category, event id, message. Nothing is logged unless
/// <c>--verbose</c> is given (debug and above) or <c>TENFOLD_LOG</c> names a level.
/// </summary>
/// <param name="least">The lowest level that is written.</param>
internal sealed class StandardErrorLogs(LogLevel least) : ILoggerFactory
{
    /// <summary>The environment variable that names the lowest level: trace, debug, information, warning, error or critical.</summary>
    public const string Variable = "TENFOLD_LOG";

    /// <summary><c>--verbose</c>, for every command.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Log what the program does to standard error. TENFOLD_LOG=warning sets another level.",
        Recursive = true,
    };

    /// <summary>The logs that the command line and the environment ask for; by default none.</summary>
    /// <exception cref="CommandException"><c>TENFOLD_LOG</c> is not a level.</exception>
    public static ILoggerFactory From(ParseResult parsed)
    {
        if (parsed.GetValue(Verbose)) return new StandardErrorLogs(LogLevel.Debug);
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return NullLoggerFactory.Instance;
        var word = text.Trim().ToLowerInvariant() switch
        {
            "1" or "true" => "debug",
            "info" => "information",
            "warn" => "warning",
            var other => other,
        };
        return Enum.TryParse<LogLevel>(word, ignoreCase: true, out var level) && Enum.IsDefined(level) && !char.IsAsciiDigit(word[0])
            ? new StandardErrorLogs(level)
            : throw new CommandException(
                ExitCodes.BadInput, $"{Variable} must be trace, debug, information, warning, error, critical or none, not '{text}'");
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName[(categoryName.LastIndexOf('.') + 1)..], least);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("these logs go to standard error only");

    /// <inheritdoc/>
    public void Dispose()
    {
        // Standard error stays open.
    }

    private sealed class Lines(string category, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
            var cause = exception is null ? "" : $": {exception.Message}";
            var line = $"{time} {logLevel.ToString().ToLowerInvariant()} {category}[{eventId.Id}] {formatter(state, exception)}{cause}";
            // One line for each event, without control characters that a terminal would obey.
            Console.Error.WriteLine(string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)));
        }
    }
}
