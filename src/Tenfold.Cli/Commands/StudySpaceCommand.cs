using System.CommandLine;
using Tenfold.App.Sweeping.Optuna;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold study space</c>: prints the sweep that fits a study of Optuna.</summary>
internal static class StudySpaceCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var from = new Argument<string>("file") { Description = "An SQLite file of Optuna: FILE.db, or FILE.db#study." };
        var description = "Print the `sweep` section of a tenfold.yaml that searches what a study of Optuna has searched.".WithExample(
            "tenfold study space study.db#digits");
        return new Command("space", description) { from }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var named = parsed.GetValue(from)!;
            var source = await new OptunaImport(services).OpenAsync(named, folder: null, cancellationToken).OrFailAsync();
            Console.Out.Write(OptunaSpace.Write(source, named).OrFail());
            return ExitCodes.Success;
        });
    }
}
