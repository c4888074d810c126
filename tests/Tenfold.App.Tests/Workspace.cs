using Tenfold.App.Fitting;
using Tenfold.Core.Hosts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Outcomes;

namespace Tenfold.App.Tests;

/// <summary>
/// A home, a project and the services of a host, in a temporary folder. The workspace holds the lock of the queue's agent, so that runs
/// wait in the queue and no agent starts.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private static readonly Dictionary<string, string> SystemPath = new() { ["PATH"] = "/usr/bin:/bin" };

    private readonly TemporaryFolder _folder = new();
    private readonly FileStream _agent;

    /// <summary>Opens the services.</summary>
    /// <param name="change">Changes the options; null for the home's own ledger and an almost empty environment.</param>
    public Workspace(Func<ServiceOptions, TemporaryFolder, ServiceOptions>? change = null)
    {
        var options = new ServiceOptions
        {
            Home = _folder["home"],
            Session = new UserSession { Environment = SystemPath, User = "ann", Machine = "laptop" },
        };
        Services = Services.Open(change is null ? options : change(options, _folder));
        _agent = Services.Queue.TryLock()!;
        Write("train.sh", "echo training\n");
        Write("tenfold.yaml", "name: toy\ntrain:\n  command: sh train.sh\n  metric: { name: accuracy, goal: maximize }\n");
    }

    /// <summary>A workspace whose user stands in the project, with the <c>PATH</c> of the tests.</summary>
    public static Workspace InProject() => new((options, folder) => options with
    {
        Session = options.Session with
        {
            WorkingFolder = folder["project"],
            Environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
        },
    });

    public Services Services { get; }

    public string Project => _folder["project"];

    /// <summary>Writes a file of the project.</summary>
    public string Write(string path, string content) => _folder.Write($"project/{path}", content);

    /// <summary>Adds lines to <c>tenfold.yaml</c>; indented lines belong to <c>train</c>.</summary>
    public void Configure(string lines) => File.AppendAllText($"{Project}/tenfold.yaml", lines + "\n");

    public Task<Outcome<FitPlan>> PlanAsync(Func<FitRequest, FitRequest>? change = null)
    {
        var request = new FitRequest { Script = Project };
        return new FitPlanner(Services).PlanAsync(change is null ? request : change(request), CancellationToken.None);
    }

    /// <summary>Plans a group that must not be refused, and records it.</summary>
    public async Task<GroupRecord> RecordAsync(Func<FitRequest, FitRequest>? change = null)
    {
        var plan = (await PlanAsync(change)).Value();
        return (await new Submitter(Services).RecordAsync(plan, _ => { }, CancellationToken.None)).Value();
    }

    public void Dispose()
    {
        _agent.Dispose();
        _folder.Dispose();
    }
}
