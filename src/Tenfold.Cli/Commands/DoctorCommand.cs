using System.CommandLine;
using Tenfold.App.Diagnosis;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold doctor</c>: what is set up, what is wrong, and how to mend it.</summary>
internal static class DoctorCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = CommandOptions.Json();
        var description = "Check that this machine can do what is asked of it.".WithExample("tenfold doctor");
        return new Command("doctor", description) { json }.Does(async (parsed, services, cancellationToken) =>
        {
            var checks = await new Doctor(services).RunAsync(".", cancellationToken);
            if (parsed.GetValue(json)) Json.Write([.. checks.Select(CheckView.Of)], ViewJson.Default.IReadOnlyListCheckView);
            else Write(checks);
            return checks.Any(check => check.State == CheckState.Wrong) ? ExitCodes.RunFailed : ExitCodes.Success;
        });
    }

    private static void Write(IReadOnlyList<Check> checks)
    {
        var table = new TextTable("CHECK", "STATE", "DETAIL");
        foreach (var check in checks)
        {
            var detail = check.Mend is null ? check.Detail : $"{check.Detail}: {check.Mend}";
            table.Add(check.What, check.State.ToString().ToLowerInvariant(), detail);
        }

        table.Write(Console.Out);
    }
}
