namespace Tenfold.Cli.Tests.Trust;

public sealed class Variables_of_the_programs_are_private
{
    // Reads the variables of every process that it may. Its own, which it must find, show that the search works.
    private const string Search =
        """
        marker='s3kr''et-of-the-shell'
        for file in /proc/[0-9]*/environ; do
            if tr '\0' '\n' < "$file" 2> /dev/null | grep -q "$marker"; then echo "leaked by $(cat "${file%environ}comm")"; fi
        done
        if tr '\0' '\n' < /proc/$$/environ | grep -q '^TENFOLD_ATTEMPT='; then echo 'found my own'; fi
        echo '{"metric":"accuracy","value":0.5}'

        """;

    [Fact]
    public async Task A_script_reads_neither_the_agents_variables_nor_the_commands()
    {
        await using var place = new Sandbox().Toy(Search);
        OwnUser.Give(place);
        place.Variables["AWS_SECRET_ACCESS_KEY"] = "s3kret-of-the-shell";
        var run = (await place.Fit()).Runs()[0];
        var log = (await place.Run("logs", run.Id())).With(0).Out;
        log.ShouldContain("found my own");
        log.ShouldNotContain("leaked");
    }
}
