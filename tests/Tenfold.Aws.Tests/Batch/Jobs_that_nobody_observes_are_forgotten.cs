using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Batch;

/// <summary>A process that lives for months knows only the jobs of attempts that its rounds observe.</summary>
public sealed class Jobs_that_nobody_observes_are_forgotten
{
    private readonly FrozenClock _clock = new();
    private readonly JobIndex _index;

    public Jobs_that_nobody_observes_are_forgotten() => _index = new JobIndex(null!, null!, new CallPace(_clock), _clock);

    [Fact]
    public void An_ended_job_is_forgotten_at_once()
    {
        Add("aaaaaa-1", "aaaaaa-2");
        End("aaaaaa-1");
        End("aaaaaa-2");
        _index.ForgetExcept(["aaaaaa-1"]);
        (Knows("aaaaaa-1"), Knows("aaaaaa-2")).ShouldBe((true, false));
    }

    [Fact]
    public void A_job_that_Batch_never_ends_is_forgotten_after_an_hour()
    {
        Add("aaaaaa-1", "aaaaaa-2");
        for (var i = 0; i < 9; i++)
        {
            _index.ForgetExcept(["aaaaaa-1"]);
            _index.CountLive("aaaaaa").ShouldBe(i < 7 ? 2 : 1);
            _clock.Pass(10);
        }

        (Knows("aaaaaa-1"), Knows("aaaaaa-2")).ShouldBe((true, false));
    }

    [Fact]
    public void A_job_that_another_round_observes_stays()
    {
        Add("aaaaaa-1");
        Add("bbbbbb-1");
        for (var i = 0; i < 20; i++)
        {
            _index.ForgetExcept([i % 2 == 0 ? "aaaaaa-1" : "bbbbbb-1"]);
            _clock.Pass(10);
        }

        (Knows("aaaaaa-1"), Knows("bbbbbb-1")).ShouldBe((true, true));
    }

    private void Add(params string[] attempts) => _index.Add(new BatchParent($"job {attempts[0]}", "queue", attempts));

    private void End(string attempt) => _index.Update(
        _index.Find(attempt)! with { State = new BackendState(BackendKind.Gone, End: Ending.Cancelled) });

    private bool Knows(string attempt) => _index.Find(attempt) is not null;
}
