using Tenfold.App.Serving.Checking;

namespace Tenfold.Cli.Output;

/// <summary>The results of a check of a service, one line each.</summary>
internal static class RuleText
{
    /// <summary>Writes a result to standard output.</summary>
    public static void Write(RuleResult result) => Write(Console.Out, result);

    /// <summary>Writes a result.</summary>
    public static void Write(TextWriter writer, RuleResult result)
    {
        var word = result.Verdict switch
        {
            RuleVerdict.Passed => "ok  ",
            RuleVerdict.Failed => "FAIL",
            _ => "skip",
        };
        var lines = result.Detail.Split('\n');
        writer.WriteLine($"{word}  {result.Title}: {Core.Output.PlainText.Of(lines[0])}");
        foreach (var line in lines.Skip(1)) writer.WriteLine($"        {Core.Output.PlainText.Of(line)}");
    }
}
