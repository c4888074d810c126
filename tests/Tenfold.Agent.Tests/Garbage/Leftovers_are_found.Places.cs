using Tenfold.Core.Control;
using Tenfold.Core.Garbage;
using Tenfold.Core.Targets;
using Tenfold.Core.Tests.Control;

namespace Tenfold.Agent.Tests.Garbage;

/// <content>What is found in places of a backend, such as the regions of a cloud.</content>
public sealed partial class Leftovers_are_found
{
    [Fact]
    public async Task Resources_with_one_name_in_two_regions_are_both_found_and_a_machine_once()
    {
        var place = new Place(
            new TargetLeftover("log group", "old") { Kind = LeftoverKind.Resource, RemoveAsync = _ => Task.CompletedTask },
            new TargetLeftover("i-1", "old") { RemoveAsync = _ => Task.CompletedTask });
        var scan = await ScanAsync(new GarbageFinder(_ledger, new FakeTargetResolver(_target, _store), _time)
        {
            Places = new Dictionary<string, IFindsLeftovers> { ["aws a"] = place, ["aws b"] = place },
        });
        scan.Items.Select(item => (item.Where, item.Name)).ShouldBe(
            [("aws a", "log group"), ("aws a", "i-1"), ("aws b", "log group")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_search_that_is_refused_hides_nothing_of_the_others()
    {
        var machine = new TargetLeftover("i-1", "old") { RemoveAsync = _ => Task.CompletedTask };
        var scan = await ScanAsync(new GarbageFinder(_ledger, new FakeTargetResolver(_target, _store), _time)
        {
            Places = new Dictionary<string, IFindsLeftovers>
            {
                ["aws a"] = new Place { Searches = [new Place { Fails = "first" }, new Place(machine), new Place { Fails = "last" }] },
            },
        });
        scan.Items.ShouldHaveSingleItem().Name.ShouldBe("i-1");
        scan.Faults.ShouldBe(
            [new ControlFault(ControlFaultKind.Target, "aws a", "first"), new ControlFault(ControlFaultKind.Target, "aws a", "last")]);
    }

    private sealed class Place(params TargetLeftover[] found) : ISearchesServices
    {
        public string? Fails { get; init; }

        public IReadOnlyList<IFindsLeftovers> Searches { get => field ?? [this]; init; }

        public Task<IReadOnlyList<TargetLeftover>> FindLeftoversAsync(string ledger, CancellationToken cancellationToken) =>
            Fails is null ? Task.FromResult<IReadOnlyList<TargetLeftover>>(found) : throw new TargetException(Fails);
    }
}
