using System.CommandLine;
using Tenfold.Core.Input;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold completion</c>: prints a shell script that completes commands, options and ids.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _tenfold() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(tenfold "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _tenfold tenfold
        """;

    private const string Zsh =
        """
        #compdef tenfold
        _tenfold() {
            local -a found
            found=("${(@f)$(tenfold "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            [[ -n "$found" ]] && compadd -a found || _files
        }
        compdef _tenfold tenfold
        """;

    private const string Fish =
        """
        complete -c tenfold -a '(tenfold "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("bash" or "zsh" or "fish") and var other }, ..])
                result.AddError($"there is no completion for '{Excerpt.Bare(other)}': the shell must be bash, zsh or fish");
        });
        var description = "Print a script with which a shell completes commands, options and ids.".WithExample(
            "source <(tenfold completion bash)", "tenfold completion fish > ~/.config/fish/completions/tenfold.fish");
        return new Command("completion", description) { shell }.WithAction((parsed, _) =>
        {
            Console.Out.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return Task.FromResult(ExitCodes.Success);
        });
    }
}
