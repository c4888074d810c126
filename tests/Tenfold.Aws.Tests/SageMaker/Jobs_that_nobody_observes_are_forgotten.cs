using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker.Observe;
using Tenfold.Aws.SageMaker.Submit;

namespace Tenfold.Aws.Tests.SageMaker;

/// <summary>A process that lives for months knows only the jobs of attempts that its rounds observe.</summary>
public sealed class Jobs_that_nobody_observes_are_forgotten
{
    private readonly FrozenClock _clock = new();
    private readonly TrainingIndex _index;

    public Jobs_that_nobody_observes_are_forgotten()
    {
        _index = new TrainingIndex(null!, new CallPace(_clock), _clock);
        foreach (var attempt in (string[])["aaaaaaaa-1-1", "aaaaaaaa-2-1", "bbbbbbbb-1-1"]) _index.Add(TrainingName.Of("ledger", attempt));
    }

    [Fact]
    public void An_ended_job_is_forgotten_at_once()
    {
        foreach (var attempt in (string[])["aaaaaaaa-1-1", "aaaaaaaa-2-1"])
            _index.Update(_index.Find(attempt)! with { Status = "Completed" });
        _index.ForgetExcept(["aaaaaaaa-1-1"]);
        (Knows("aaaaaaaa-1-1"), Knows("aaaaaaaa-2-1")).ShouldBe((true, false));
    }

    [Fact]
    public void A_job_that_no_round_observes_is_forgotten_after_an_hour_and_one_that_another_round_observes_stays()
    {
        for (var i = 0; i < 20; i++)
        {
            _index.ForgetExcept([i % 2 == 0 ? "aaaaaaaa-1-1" : "bbbbbbbb-1-1"]);
            _clock.Pass(10);
        }

        (Knows("aaaaaaaa-1-1"), Knows("bbbbbbbb-1-1"), Knows("aaaaaaaa-2-1")).ShouldBe((true, true, false));
    }

    private bool Knows(string attempt) => _index.Find(attempt) is not null;
}
