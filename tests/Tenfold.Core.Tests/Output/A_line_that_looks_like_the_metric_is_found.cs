using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Core.Tests.Output;

public sealed class A_line_that_looks_like_the_metric_is_found
{
    [Theory]
    [InlineData("acc", """{"metric":"acc","value":0.9}""", """.metric.:.acc.,.value.: *([-+.\w]+)""", 0.9)]
    [InlineData("acc", """INFO {"value": 0.9, "metric": "acc"}""", null, 0.9)]
    [InlineData("accuracy", """{"accuracy": 0.93}""", """ "accuracy": *([-+.\w]+)""", 0.93)]
    [InlineData("accuracy", "Accuracy: 93.1%", @"\bAccuracy: *([-+.\w]+)", 93.1)]
    [InlineData("accuracy", "acc=0.93", @"\bacc=([-+.\w]+)", 0.93)]
    [InlineData("acc", "{'loss': 0.2, 'accuracy': 0.93}", @".accuracy.: *([-+.\w]+)", 0.93)]
    [InlineData("accuracy", "{'accuracy': np.float64(0.93)}", null, 0.93)]
    [InlineData("accuracy", "{'accuracy': tensor(0.9300, device='cuda:0')}", null, 0.93)]
    [InlineData("acc", "100%|████| 10/10 [00:01<00:00,  9.8it/s, loss=0.2, acc=0.93]", @"\bacc=([-+.\w]+)", 0.93)]
    [InlineData("val_acc", "50/50 - 1s - loss: 0.1 - accuracy: 0.97 - val_loss: 0.2 - val_accuracy: 0.93", null, 0.93)]
    [InlineData("val_accuracy", "Epoch 3, Validation accuracy 0.93", null, 0.93)]
    [InlineData("accuracy", "Accuracy of the network on the 10000 test images: 93 %", null, 93)]
    [InlineData("accuracy", "Test set: Average loss: 0.05, Accuracy: 9812/10000 (98%)", null, 98)]
    [InlineData("accuracy", "    accuracy                           0.93       150", null, 0.93)]
    [InlineData("accuracy", "reached 93.1% accuracy", null, 93.1)]
    [InlineData("loss", "loss is nan", null, double.NaN)]
    [InlineData("loss", "loss: 1e-05.", null, 1e-5)]
    [InlineData("f1", "F1-score = .5", null, 0.5)]
    [InlineData("loss", "val loss | -2.5e+3 |", null, -2500)]
    public void A_similar_line_is_found_with_a_pattern_that_gives_its_value(string metric, string line, string? pattern, double value)
    {
        // A busy machine may need more than the 100 ms after which a line is given up.
        var best = Enumerable.Range(0, 50).Select(_ => Find(metric, line)).FirstOrDefault(found => found is not null).ShouldNotBeNull();
        best.Line.ShouldBe(line.Trim());
        best.Pattern.ShouldNotContain("'");
        new MetricPattern(metric, best.Pattern).In(line).Last().Value.ShouldBe(value);
        if (pattern?.TrimStart() is { Length: > 0 } expected && !expected.StartsWith(".metric", StringComparison.Ordinal))
            best.Pattern.ShouldBe(expected);
    }

    [Theory]
    [InlineData("acc", "accessing 3 files")]
    [InlineData("accuracy", "loss=0.5")]
    [InlineData("val_loss", "train_loss=0.5")]
    [InlineData("acc", "acc is fine")]
    [InlineData("loss", "epoch 3 of 10")]
    [InlineData("acc", "")]
    public void Other_lines_are_not_found(string metric, string line) => Find(metric, line).ShouldBeNull();

    [Fact]
    public void The_metrics_own_name_counts_most_and_then_the_last_line()
    {
        Find("accuracy", "accuracy: 0.5", "test accuracy: 0.6", "accuracy: 0.7", "val acc: 0.8").ShouldNotBeNull()
            .Line.ShouldBe("accuracy: 0.7");
        Find("accuracy", "train accuracy: 0.5", "val accuracy: 0.6").ShouldNotBeNull().Line.ShouldBe("val accuracy: 0.6");
    }

    [Fact]
    public void A_million_misleading_lines_cause_no_delay()
    {
        var clock = TimeProvider.System;
        var since = clock.GetTimestamp();
        var search = new MetricSearch("accuracy");
        for (var i = 0; i < 1_000_000; i++)
            search.Take(i % 2 == 0 ? "some access to 12 files\n"u8 : "accuracy of nothing in particular"u8, isStandardOutput: true);
        search.Take("accuracy: 0.5"u8, isStandardOutput: true);
        // Examining every line would take minutes; the bound leaves room for any machine.
        clock.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_long_line_is_cut_around_the_value_and_a_very_long_one_is_ignored()
    {
        var line = string.Concat(Enumerable.Repeat("😀", 300)) + " acc=0.9 " + new string('-', 300);
        var best = Find("acc", line).ShouldNotBeNull();
        best.Line.ShouldContain("acc=0.9");
        best.Line.Length.ShouldBeLessThan(170);
        best.Line.EnumerateRunes().ShouldAllBe(rune => rune != System.Text.Rune.ReplacementChar);
        Find("acc", new string('x', 100_000) + " acc=0.9").ShouldBeNull();
    }

    private static MetricSuggestion? Find(string metric, params string[] lines)
    {
        var search = new MetricSearch(metric);
        foreach (var line in lines) search.Take(Encoding.UTF8.GetBytes(line), isStandardOutput: true);
        return search.Best;
    }
}
