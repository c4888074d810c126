using System.Text.Json;

namespace Tenfold.Cli.Tests.Running;

/// <summary>A command that has ended.</summary>
/// <param name="Line">The command line.</param>
/// <param name="ExitCode">Its exit code; 128 plus the signal's number when a signal ended it.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Ended(string Line, int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as JSON. Any other output fails the test.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                return JsonDocument.Parse(Out).RootElement;
            }
            catch (JsonException e)
            {
                throw new InvalidOperationException($"standard output is not JSON ({e.Message})\n{this}", e);
            }
        }
    }

    /// <summary>Fails the test unless the command ended with this exit code.</summary>
    public Ended With(int exitCode)
    {
        ExitCode.ShouldBe(exitCode, ToString());
        return this;
    }

    /// <summary>Fails the test unless standard error contains all of these texts.</summary>
    public Ended Saying(params string[] words)
    {
        foreach (var word in words) Error.ShouldContain(word, Case.Sensitive, ToString());
        return this;
    }

    public override string ToString() => $"{Line}\nexit code {ExitCode}\n-- out\n{Out}\n-- error\n{Error}";
}
