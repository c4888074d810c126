using System.CommandLine;
using Tenfold.App.Diagnosis;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold doctor</c>: shows what is set up, what is wrong, and how to fix it.</summary>
internal static class DoctorCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = CommandOptions.Json();
        var description = "Check this machine and the project's store, data and targets, and say how to fix what is wrong."
            .WithExample("tenfold doctor");
        return new Command("doctor", description) { json }.WithAction(async (parsed, services, cancellationToken) =>
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
            var detail = check.Fix is null ? check.Detail : $"{check.Detail}: {check.Fix}";
            table.Add(check.What, check.State.ToString().ToLowerInvariant(), detail);
        }

        table.Write(Console.Out);
    }
}
