using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Tenfold.App;
using Tenfold.App.Targets;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Cli;

/// <summary>The command line: every command, and the one place where faults become messages and exit codes.</summary>
internal static class Root
{
    private static readonly string[] Names =
    [
        "init", "demo", "fit", "sweep", "study", "runs", "show", "logs", "cancel", "retry", "compare", "report", "fetch", "copy", "targets",
        "doctor", "gc", "ledger", "agent", "completion",
    ];

    /// <summary>
    /// Builds what a command line needs: the one command that it begins with, else (for help, completion, a misspelt name) all of them.
    /// </summary>
    /// <remarks>Building all of them takes as long as listing the runs.</remarks>
    public static RootCommand Create(string[] args)
    {
        var root =
            new RootCommand(
                "Tenfold takes a training script from a commit to a model that can be trusted. Train it tenfold before you believe it.");
        root.Options.Add(StandardErrorLogs.Verbose);
        // Help is --help and -h; /h and /? mean folders here, and a shell would suggest them.
        var help = root.Options.OfType<HelpOption>().Single();
        foreach (var alias in help.Aliases.Where(alias => alias != "-h").ToList()) help.Aliases.Remove(alias);
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        if (args is [var first, ..] && Named(first) is { } only)
        {
            root.Add(only);
            return root;
        }

        foreach (var name in Names) root.Add(Named(name)!);
        return root;
    }

    private static Command? Named(string name) => name switch
    {
        "init" => InitCommand.Create(),
        "demo" => DemoCommand.Create(),
        "fit" => FitCommand.Create(),
        "sweep" => SweepCommand.Create(),
        "study" => StudyCommand.Create(),
        "runs" => RunsCommand.Create(),
        "show" => ShowCommand.Create(),
        "logs" => LogsCommand.Create(),
        "cancel" => CancelCommand.Create(),
        "retry" => RetryCommand.Create(),
        "compare" => CompareCommand.Create(),
        "report" => ReportCommand.Create(),
        "fetch" => FetchCommand.Create(),
        "copy" => CopyCommand.Create(),
        "targets" => TargetsCommand.Create(),
        "doctor" => DoctorCommand.Create(),
        "gc" => GcCommand.Create(),
        "ledger" => LedgerCommand.Create(),
        "agent" => AgentCommand.Create(),
        "completion" => CompletionCommand.Create(),
        _ => null,
    };

    /// <summary>Gives a command its action, with the services, and translates every expected fault.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Does it, and returns the exit code.</param>
    public static Command Does(this Command command, Func<ParseResult, Services, CancellationToken, Task<int>> action) =>
        command.Does(
            (parsed, cancellationToken) => action(parsed, Services.Open(StandardErrorLogs.From(parsed)).OrFail(), cancellationToken),
            usesHome: true);

    /// <summary>Gives an action to a command that needs no services: it touches neither home nor ledger.</summary>
    public static Command Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.Does(action, usesHome: false);

    private static Command Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action, bool usesHome)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken);
            }
            catch (CommandException e)
            {
                return Fail(e.Message, e.ExitCode);
            }
            catch (AgentStartException e)
            {
                return Fail(e.Message, ExitCodes.CannotWrite);
            }
            catch (StoreException e)
            {
                return Fail(e.Message, ExitCodes.CannotWrite);
            }
            catch (TargetException e)
            {
                return Fail(e.Message, ExitCodes.Unavailable);
            }
            catch (LedgerException e)
            {
                return Fail(e.Message, e.IsUnreadable ? ExitCodes.Damaged : ExitCodes.CannotWrite);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A command without a home writes elsewhere, to a node's scratch folder for instance.
                var hint = usesHome ? " TENFOLD_HOME names the folder that Tenfold writes to." : "";
                return Fail($"{e.Message} Is the disk full or read-only?{hint}", ExitCodes.CannotWrite);
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Interrupted;
            }
            catch (Exception e)
            {
                return Fail($"this is a fault of Tenfold itself; please report it with these lines:\n{e}", ExitCodes.Bug);
            }
        });
        return command;
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"tenfold: {message}");
        return exitCode;
    }
}

/// <summary>Help in which a command shows its examples, and a list of commands does not.</summary>
/// <param name="help">Prints it.</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands) command.Description = command.Description?.Split('\n')[0];
        return help.Invoke(parseResult);
    }
}
