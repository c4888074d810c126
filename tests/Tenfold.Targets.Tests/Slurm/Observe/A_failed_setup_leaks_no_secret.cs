using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>The output of <c>setup</c> becomes part of a reason, which the ledger records.</summary>
public sealed class A_failed_setup_leaks_no_secret : IDisposable
{
    private const string Name = "TENFOLD_TEST_PRIVATE_KEY";
    private const string FirstLine = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", LastLine = "VJTUt9Us8cKjMzEfYyjiWA4R4";
    private const string Key = $"-----BEGIN PRIVATE KEY-----\n{FirstLine}\r\n{LastLine}\n-----END PRIVATE KEY-----\n";

    private static readonly SlurmJob Failed = new() { Id = 7, Indices = [0], State = "FAILED", WaitStatus = 69 << 8 };

    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;

    public A_failed_setup_leaks_no_secret() => _store = new FolderStore(_folder["store"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData($"loading\n{Key}failed\n")]
    // echo $KEY, without quotes
    [InlineData($"loading\n-----BEGIN PRIVATE KEY----- {FirstLine} {LastLine} -----END PRIVATE KEY-----\nfailed\n")]
    [InlineData($$"""{"key":"-----BEGIN PRIVATE KEY-----\n{{FirstLine}}\r\n{{LastLine}}"}""" + "\nfailed\n")]
    public async Task A_private_key_of_several_lines_is_hidden(string printed)
    {
        var reason = await ReasonAsync(printed);
        reason.ShouldContain("***");
        reason.ShouldEndWith("\nfailed");
        ShouldHideTheKey(reason);
    }

    [Fact]
    public async Task A_key_that_begins_before_the_tail_of_the_output_is_hidden()
    {
        // The tail begins at each byte of the key in turn.
        for (var after = 4096 - Key.Length; after < 4096; after++)
            ShouldHideTheKey(await ReasonAsync($"a line that is not read\n{FirstLine} {LastLine}\n{new string('.', after)}\nfailed\n"));
    }

    private static void ShouldHideTheKey(string reason)
    {
        for (var i = 0; i + 8 <= FirstLine.Length; i++) reason.ShouldNotContain(FirstLine.Substring(i, 8));
        for (var i = 0; i + 8 <= LastLine.Length; i++) reason.ShouldNotContain(LastLine.Substring(i, 8));
    }

    private async Task<string> ReasonAsync(string printed)
    {
        var assignment = (await Work.AssignAsync(_store, _folder, "true", 1, spec => spec with { Secrets = [Name] }))[0];
        var json = JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);
        await _store.WriteAsync(AttemptKeys.Assignment(assignment.Attempt), json, CancellationToken.None);
        _folder.Write("store/slurm/7_0.log", printed);
        var explainer = new StartFailureExplainer(_store, "", name => name == Name ? Key : null);
        var state = await explainer.ExplainAsync(
            assignment.Attempt, Failed, isClaimed: false, JobStates.ToBackendState(Failed), CancellationToken.None);
        return state.Reason.Words().ShouldNotBeNull();
    }
}
