namespace Tenfold.Cli.Tests.Trust;

public sealed class A_terminal_obeys_nothing_that_is_shown
{
    // Writes the clipboard (OSC 52), sets the title, clears the screen, and reverses the direction of text.
    private const string Hostile = "x\x1b]52;c;aGk=\a\x1b]0;title\a\x1b[2J\u009b2J\u202egnp.exe";

    [Fact]
    public async Task No_command_prints_a_sequence_of_a_script_or_a_parameter()
    {
        var script = $"printf '%s\\n' \"{Hostile}\" >&2\nprintf '{Hostile}' > $TENFOLD_MODEL_DIR/model\n{Sandbox.SeedScript}";
        await using var place = new Sandbox().Toy(script, "  params: { note: x }");
        var fit = (await place.Run("fit", "--repeat", "2", "--param", $"note={Hostile}")).With(0);
        var groups = (await place.Json("runs", "--json"))[0].Text("group")!;
        Ended[] shown =
        [
            fit,
            await place.Run("fit", "--param", $"note={Hostile}", "--dry-run"),
            await place.Run("runs"),
            await place.Run("show", groups),
            await place.Run("show", $"{groups}-1"),
            await place.Run("logs", $"{groups}-1"),
            await place.Run("compare", groups, groups),
            await place.Run("fetch", $"{groups}-1"),
            await place.Run("copy", Hostile),
            await place.Run("fit", "--on", Hostile),
            await place.Run("show", Hostile),
            await place.Run("cost"),
            await place.Run(Hostile),
        ];
        foreach (var ended in shown)
        {
            var text = ended.Out + ended.Error;
            text.ShouldNotBeEmpty();
            text.IndexOfAny(['\x1b', '\a', '\u009b', '\u202e']).ShouldBe(-1, text);
        }
    }
}
