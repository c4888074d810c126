using Microsoft.Extensions.DependencyInjection;
using Tenfold.Projects;
using Tenfold.Server.Control;

namespace Tenfold.Server.Tests;

public sealed class Rounds_begin_when_runs_end(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task A_run_of_this_machine_that_starts_or_ends_begins_a_round_at_once()
    {
        // By itself the next round would come after this test.
        var options = new ServerOptions { Url = "http://127.0.0.1:0", ControlPause = TimeSpan.FromDays(1) };
        var services = scene.Open(home: "other");
        await using var app = ServerHost.Create(options, new ServerParts(services, new ServerFile().Repositories));
        await app.StartAsync();
        var control = app.Services.GetRequiredService<ControlService>();
        await Eventually.ShouldBeAsync(() => control.Last.At is not null, "the first round has ended");
        var running = Directory.CreateDirectory(Path.Combine(services.Queue.Folder, "running")).FullName;
        var entry = Path.Combine(running, "000000000000000.000001.aaaabbbb-1-1.json");
        foreach (var change in new[] { () => File.WriteAllText(entry, "{}"), () => File.Delete(entry) })
        {
            var before = control.Last.At;
            change();
            await Eventually.ShouldBeAsync(() => control.Last.At > before, "a round has ended");
        }
    }
}
