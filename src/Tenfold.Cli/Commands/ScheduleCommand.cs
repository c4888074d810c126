using System.CommandLine;
using Tenfold.App.Pushes.Schedules;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold schedule</c>: what the server starts at certain times.</summary>
internal static class ScheduleCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = CommandOptions.Json();
        var description = "List what the server starts at certain times (`on: schedule` in tenfold.yaml): when, and what became of it."
            .WithExample("tenfold schedule", "tenfold schedule --json");
        return new Command("schedule", description) { json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var schedules = await new ScheduleDesk(services).ListAsync(ScheduleDesk.ShownTimes, cancellationToken);
            return Write([.. schedules.Select(ScheduleView.Of)], parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) => Write(
            await server.GetAsync("schedules", ViewJson.Default.IReadOnlyListScheduleView, cancellationToken), parsed.GetValue(json)));
    }

    private static int Write(IReadOnlyList<ScheduleView> schedules, bool isJson)
    {
        if (isJson)
        {
            Json.Write(schedules, ViewJson.Default.IReadOnlyListScheduleView);
            return ExitCodes.Success;
        }

        if (schedules.Count == 0)
            Terminal.Say("nothing is scheduled: the server has found no `on: schedule` in the default branches of its repositories");
        foreach (var line in ScheduleText.Lines(schedules, Terminal.Width)) Console.Out.WriteLine(line);
        return ExitCodes.Success;
    }
}
