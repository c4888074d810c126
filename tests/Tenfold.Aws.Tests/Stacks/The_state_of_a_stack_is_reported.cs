using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Scripted;

namespace Tenfold.Aws.Tests.Stacks;

public sealed class The_state_of_a_stack_is_reported : StackFixture
{
    private StackInspector Inspector => new(Stack);

    [Fact]
    public async Task A_stack_that_does_not_exist_has_no_state()
    {
        var report = await Inspector.InspectAsync(isDriftWanted: true, default);
        (report.Status, report.IsUsable, report.Resources.Count).ShouldBe((null, false, 0));
    }

    [Theory]
    [InlineData("3", false, false)]
    [InlineData("2", true, false)]
    [InlineData("1", true, false)]
    [InlineData("0", true, false)]
    [InlineData("99", false, true)]
    public async Task The_template_of_the_stack_is_compared_with_the_programs(string version, bool isOutdated, bool isNewer)
    {
        Stacks.Make("CREATE_COMPLETE").Outputs["TemplateVersion"] = version;
        var report = await Inspector.InspectAsync(isDriftWanted: false, default);
        (report.IsOutdated, report.IsNewer, report.TemplateVersion).ShouldBe((isOutdated, isNewer, int.Parse(version)));
        report.Resources.Select(resource => resource.Resource).ShouldBe(["Network", "Bucket"]);
        report.Resources.ShouldAllBe(resource => resource.Drift == DriftState.NotChecked);
        report.IsUsable.ShouldBeFalse("it lacks outputs");
    }

    [Fact]
    public async Task Manual_changes_and_deletions_are_found()
    {
        Stacks.Make("CREATE_COMPLETE");
        Aws.On("DetectStackDrift", AwsReply.Ok(new { StackDriftDetectionId = "d" }));
        Aws.On("DescribeStackDriftDetectionStatus", Detection("DETECTION_IN_PROGRESS"), Detection("DETECTION_COMPLETE"));
        Aws.On("DescribeStackResourceDrifts", AwsReply.Ok(new
        {
            StackResourceDrifts = new[]
            {
                Drift("Network", "DELETED"), Drift("Bucket", "MODIFIED", "/VersioningConfiguration/Status"),
            },
        }));
        var report = await Inspector.InspectAsync(isDriftWanted: true, default);
        report.Drifted.Select(resource => (resource.Resource, resource.Drift, string.Join(' ', resource.Properties))).ShouldBe(
            [("Network", DriftState.Deleted, ""), ("Bucket", DriftState.Modified, "/VersioningConfiguration/Status")]);
        report.DriftFault.ShouldBeNull();
    }

    [Fact]
    public async Task A_comparison_that_fails_is_part_of_the_report()
    {
        Stacks.Make("CREATE_COMPLETE");
        Aws.On("DetectStackDrift", AwsReply.Error(403, "AccessDenied", "not authorized to perform: cloudformation:DetectStackDrift"));
        var report = await Inspector.InspectAsync(isDriftWanted: true, default);
        report.DriftFault.ShouldNotBeNull().ShouldContain("cloudformation:DetectStackDrift");
        report.Status.ShouldBe("CREATE_COMPLETE");
    }

    [Fact]
    public async Task A_comparison_that_ends_in_a_failure_still_gives_what_it_found()
    {
        Stacks.Make("CREATE_COMPLETE");
        Aws.On("DetectStackDrift", AwsReply.Ok(new { StackDriftDetectionId = "d" }));
        Aws.On("DescribeStackDriftDetectionStatus", Detection("DETECTION_FAILED", "no permission for one of them"));
        Aws.On("DescribeStackResourceDrifts", AwsReply.Ok(new { StackResourceDrifts = new[] { Drift("Network", "DELETED") } }));
        var report = await Inspector.InspectAsync(isDriftWanted: true, default);
        (report.DriftFault, report.Drifted.Single().Resource).ShouldBe(("no permission for one of them", "Network"));
    }

    [Theory]
    [InlineData("CREATE_IN_PROGRESS")]
    [InlineData("UPDATE_IN_PROGRESS")]
    [InlineData("ROLLBACK_COMPLETE")]
    public async Task A_stack_that_changes_or_failed_is_not_compared(string status)
    {
        Stacks.Make(status);
        (await Inspector.InspectAsync(isDriftWanted: true, default)).Status.ShouldBe(status);
        CallsOf("DetectStackDrift").ShouldBe(0);
    }

    private static AwsReply Detection(string status, string reason = "") => AwsReply.Ok(new
    {
        StackId = "arn:stack",
        StackDriftDetectionId = "d",
        DetectionStatus = status,
        DetectionStatusReason = reason,
        Timestamp = FakeStack.Time,
    });

    private static object Drift(string resource, string status, string? path = null) => new
    {
        StackId = "arn:stack",
        LogicalResourceId = resource,
        ResourceType = "T",
        StackResourceDriftStatus = status,
        Timestamp = FakeStack.Time,
        PropertyDifferences = path is null ? [] : new[]
        {
            new { PropertyPath = path, ExpectedValue = "Enabled", ActualValue = "Suspended", DifferenceType = "NOT_EQUAL" },
        },
    };
}
