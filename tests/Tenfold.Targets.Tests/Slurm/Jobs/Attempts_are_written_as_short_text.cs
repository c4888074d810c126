using Tenfold.Core.Runs;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Tests.Slurm.Jobs;

public sealed class Attempts_are_written_as_short_text
{
    [Theory]
    [InlineData("k7m2xqab-1-1", "k7m2xqab-1-1")]
    [InlineData("k7m2xqab-[1-3]-1", "k7m2xqab-1-1", "k7m2xqab-2-1", "k7m2xqab-3-1")]
    [InlineData("k7m2xqab-t[1-2]-1-1", "k7m2xqab-t1-1-1", "k7m2xqab-t2-1-1")]
    [InlineData("k7m2xqab-c4-[1-2]-1", "k7m2xqab-c4-1-1", "k7m2xqab-c4-2-1")]
    [InlineData("k7m2xqab-[3,7,5]-2", "k7m2xqab-3-2", "k7m2xqab-7-2", "k7m2xqab-5-2")]
    [InlineData("k7m2xqab-1-[1-2]", null)]
    [InlineData("k7m2xqab-[1-2]-1+k7m2xqab-3-2+bcdefghj-1-1", "k7m2xqab-1-1", "k7m2xqab-2-1", "k7m2xqab-3-2", "bcdefghj-1-1")]
    public void A_list_of_attempts_has_one_short_form(string text, params string?[]? attempts)
    {
        if (attempts is null or [null])
        {
            AttemptText.Read(text).ShouldBeNull();
            return;
        }

        AttemptText.Write([.. attempts.OfType<string>()]).ShouldBe(text);
        AttemptText.Read(text).ShouldBe(attempts.OfType<string>());
    }

    [Fact]
    public void Any_list_is_read_back()
    {
        var random = new Random(4);
        for (var round = 0; round < 2000; round++)
        {
            List<string> attempts = [];
            while (attempts.Count < 1 + round % 40) AddSome(attempts, random);
            var text = AttemptText.Write(attempts);
            AttemptText.Read(text).ShouldBe(attempts, text);
        }
    }

    [Fact]
    public void The_longest_part_of_a_list_that_fits_is_found()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            List<string> attempts = [];
            while (attempts.Count < 60) AddSome(attempts, random);
            var fit = AttemptText.CountThatFit(attempts, 200);
            AttemptText.Write([.. attempts.Take(fit)]).Length.ShouldBeLessThanOrEqualTo(200);
            if (fit < attempts.Count) AttemptText.Write([.. attempts.Take(fit + 1)]).Length.ShouldBeGreaterThan(200);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("k7m2xqab")]
    [InlineData("k7m2xqab-1")]
    [InlineData("k7m2xqab-[1-3]")]
    [InlineData("k7m2xqab-[1,2,3]-1")]
    [InlineData("k7m2xqab-[3-1]-1")]
    [InlineData("k7m2xqab-[1-999999999]-1")]
    [InlineData("k7m2xqab-[1-3-1")]
    [InlineData("k7m2xqab-[1-3]-1+")]
    [InlineData("k7m2xqab-01-1")]
    [InlineData("k7m2xqab-t1-1-1 ")]
    [InlineData("K7m2xqab-1-1")]
    [InlineData("k7m2xqab-[1]-1")]
    [InlineData("k7m2xqab-1-1+k7m2xqab-2-1")]
    public void Other_texts_are_not_lists_of_attempts(string text) => AttemptText.Read(text).ShouldBeNull();

    [Theory]
    [InlineData("tenfold:ledgerxx:k7m2xqab-[1-3]-1", "ledgerxx", 3)]
    [InlineData("tenfold::k7m2xqab-1-1", "", 1)]
    [InlineData("tenfold", null, 0)]
    [InlineData("tenfold: our experiments", null, 0)]
    [InlineData("tenfold:ledgerxx", null, 0)]
    [InlineData("tenfold:ledgerxx:", null, 0)]
    [InlineData("Tenfold:ledgerxx:k7m2xqab-1-1", null, 0)]
    [InlineData("a tenfold:ledgerxx:k7m2xqab-1-1", null, 0)]
    public void Only_comments_that_Tenfold_wrote_are_read(string comment, string? ledger, int count)
    {
        var label = JobLabel.Read(comment);
        label?.Ledger.ShouldBe(ledger);
        (label?.Attempts.Count ?? 0).ShouldBe(count);
    }

    [Fact]
    public void A_thousand_repeats_fit_into_one_comment()
    {
        List<string> attempts = [.. Enumerable.Range(1, 1000).Select(i => RunNames.Attempt(RunNames.Run("k7m2xqab", i), 1))];
        JobLabel.CountThatFit("ledgerxx", attempts).ShouldBe(1000);
        new JobLabel("ledgerxx", attempts).Comment.ShouldBe("tenfold:ledgerxx:k7m2xqab-[1-1000]-1");
    }

    private static void AddSome(List<string> attempts, Random random)
    {
        var group = random.Next(3) switch { 0 => "k7m2xqab", 1 => "bcdefghj", _ => RunNames.NewGroup() };
        var trial = 1 + random.Next(30);
        var (repeat, number, count) = (1 + random.Next(20), 1 + random.Next(3), 1 + random.Next(6));
        switch (random.Next(4))
        {
            case 0:
                for (var i = 0; i < count; i++) attempts.Add($"{group}-{repeat + i}-{number}");
                break;
            case 1:
                for (var i = 0; i < count; i++) attempts.Add($"{RunNames.Trial(group, trial + i)}-{repeat}-{number}");
                break;
            case 2:
                for (var i = 0; i < count; i++) attempts.Add($"{RunNames.Confirmation(group, trial)}-{repeat + i * 2}-{number}");
                break;
            default:
                attempts.Add($"{group}-{repeat}-{number + random.Next(9)}");
                break;
        }
    }
}
