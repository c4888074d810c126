namespace Tenfold.Cli.Tests.BadInput;

/// <summary>The kind of an error follows from what was parsed, and each message is this program's own.</summary>
public sealed class Wrong_command_lines
{
    [Theory]
    [InlineData("fit --repeat x", "--repeat must be a whole number, not 'x'")]
    [InlineData("fit --repeat 99999999999", "--repeat must be a whole number, not '99999999999'")]
    [InlineData("fit --seed 1.5", "--seed must be a whole number, not '1.5'")]
    [InlineData("fit --repeat 0", "--repeat must be a whole number from 1 to 10000, not 0")]
    [InlineData("fit --repeat", "--repeat needs a value (How many runs, each with its own seed. Default: `repeat` in tenfold.yaml, else 1)")]
    [InlineData("fit --seed 1 --seed 2", "--seed is given 2 values; keep one")]
    [InlineData("compare a b --alpha much", "--alpha must be a number, not 'much'")]
    [InlineData("study tell k7m2xqab three 0.93", "<trial> must be a whole number, not 'three'")]
    [InlineData("compare a b --alpha 2", "--alpha must be a number between 0 and 0.5, such as 0.05")]
    [InlineData("sweep --cost much", "--cost must be a number, not 'much'")]
    [InlineData("sweep --seed -3", "--seed must be a whole number of at least 0, not -3")]
    [InlineData("runs --state sleeping", "--state must be one of queued, running, succeeded, failed, cancelled, not 'sleeping'")]
    [InlineData("runs --state", "--state needs a value (Only runs in this state)")]
    [InlineData("show", "`tenfold show` needs <id> (")]
    [InlineData("compare", "`tenfold compare` needs <groups> (")]
    [InlineData("compare a", "`tenfold compare` needs <groups> (")]
    [InlineData("completion", "`tenfold completion` needs <shell> (bash, zsh or fish)")]
    [InlineData("completion tcsh", "there is no completion for 'tcsh': the shell must be bash, zsh or fish")]
    [InlineData("agent", "`tenfold agent` needs a command: serve, unit, run")]
    [InlineData("study", "`tenfold study` needs a command: ")]
    [InlineData("agent run --attempt a-1-1", "`tenfold agent run` needs --store (The URL of the store")]
    [InlineData("agent run --store /s", "`tenfold agent run` needs --attempt (The id of the attempt)")]
    [InlineData("server --listen 0.0.0.0:4000", "--listen must be a URL such as http://127.0.0.1:4000, not '0.0.0.0:4000'")]
    [InlineData("gateway --listen https://x", "--listen must be a URL such as http://127.0.0.1:8080, not 'https://x'")]
    [InlineData("fti", "there is no command 'fti'; did you mean fit?")]
    [InlineData("fit --repeet 3", "`tenfold fit` has no option --repeet; did you mean --repeat?")]
    [InlineData("fit a.py b.py", "`tenfold fit` has an unexpected argument 'b.py'")]
    public void A_wrong_command_line_has_one_error_in_our_words(string line, string words)
    {
        var args = line.Split(' ');
        CommandLineErrors.Find(Root.Create(args).Parse(args)).ShouldHaveSingleItem().ShouldStartWith(words);
    }

    [Theory]
    [InlineData("fit --repeat 3 --seed 7 -p a=1 -p b=2 --json")]
    [InlineData("compare a b c --alpha 0.01")]
    [InlineData("runs --state FAILED --limit 5")]
    [InlineData("sweep --cost 1.5 --trials 3")]
    [InlineData("fit --nonsense --help")]
    [InlineData("completion zsh")]
    public void A_right_command_line_has_none(string line)
    {
        var args = line.Split(' ');
        CommandLineErrors.Find(Root.Create(args).Parse(args)).ShouldBeEmpty();
    }
}
