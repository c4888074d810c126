using Tenfold.App.Pushes;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Pushes;

namespace Tenfold.Cli.Tests.Output;

public sealed class Deliveries_fit_a_terminal
{
    private const string Why = "the mean of this commit is lower by 0.0412 (0.0301 to 0.0523) than that of 0123456789, over ten runs each";

    [Fact]
    public void A_list_fits_80_columns_and_shortens_ids_to_what_tells_them_apart()
    {
        string[] ids = ["github-72d3162e-cc78-11e3-81ab-4c9367dc0958", "github-72d3162f-cc78", "gitlab-7"];
        var reports = ids.Select(Report).ToList();
        var lines = DeliveryText.Lines([.. reports.Select(DeliveryView.Of)], DateTimeOffset.UnixEpoch.AddMinutes(12), 80).ToList();
        lines.ShouldAllBe(line => line.Length <= 80);
        lines[0].ShouldBe("github-72d3162e  12 min ago  acme/vision  push");
        lines.ShouldContain(line => line.StartsWith("github-72d3162f  "));
        lines.ShouldContain(line => line.StartsWith("gitlab-7  "));
        string.Join(' ', lines.Skip(1).TakeWhile(line => line.StartsWith(' ')).Select(line => line.Trim())).ShouldBe(
            $"main at 1111111111: abcd1234 failed: worse: {Why} (its body was removed because of its age)");
    }

    private static DeliveryReport Report(string id)
    {
        var at = DateTimeOffset.UnixEpoch;
        var delivery = new Delivery
        {
            Id = id,
            Host = HostKind.GitHub,
            Event = "push",
            Repository = "acme/vision",
            ReceivedAt = at,
            State = DeliveryState.Done,
            HasBody = false,
        };
        var project = new PushProject("") { Group = "abcd1234", Outcome = PushOutcome.Failure, Detail = $"worse: {Why}" };
        return new DeliveryReport(delivery, new PushRecord
        {
            Id = "push",
            Repository = "acme/vision",
            Ref = new PushRef("main"),
            Commit = new string('1', 40),
            ReceivedAt = at,
            State = PushState.Done,
            Projects = [project],
        });
    }
}
