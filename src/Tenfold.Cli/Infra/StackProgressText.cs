using Tenfold.App.Infrastructure;
using Tenfold.Aws.Stacks;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Infra;

/// <summary>Shows what AWS does with a stack: a line for each end, and on a terminal what it works on now.</summary>
internal sealed class StackProgressText : IStackWatcher, IDisposable
{
    private const int MaxShown = 6;
    private readonly LivePicture? _picture = Terminal.IsInteractive ? new LivePicture(Terminal.Pictures) : null;
    private readonly List<string> _working = [];

    /// <summary>True once something began that AWS finishes without this program.</summary>
    public bool HasBegun { get; private set; }

    /// <inheritdoc/>
    public void Begin(StackStage stage)
    {
        HasBegun = true;
        Say(stage switch
        {
            StackStage.Waiting => "AWS works on the stack already; waiting until that is done",
            StackStage.RemovingFailed => "deleting what a failed creation of the stack has left",
            StackStage.ContinuingRollback => "continuing to take back an update that failed",
            StackStage.Destroying => "deleting the stack; this takes some minutes",
            _ => "applying; this takes some minutes",
        });
    }

    /// <inheritdoc/>
    public void Report(StackProgress progress)
    {
        var isEnd = !progress.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal);
        if (isEnd) _working.Remove(progress.Resource);
        else if (!_working.Contains(progress.Resource)) _working.Add(progress.Resource);
        if (isEnd && progress.Type != "AWS::CloudFormation::Stack") Say($"  {Words(progress)}");
        else Draw();
    }

    /// <inheritdoc/>
    public void Dispose() => _picture?.Dispose();

    internal static string Words(StackProgress progress)
    {
        var what = $"{progress.Resource} ({progress.Type})";
        return progress.Status switch
        {
            "CREATE_COMPLETE" or "IMPORT_COMPLETE" => $"created {what}",
            "UPDATE_COMPLETE" => $"updated {what}",
            "DELETE_COMPLETE" => $"deleted {what}",
            "DELETE_SKIPPED" => $"kept {what}",
            var status when status.EndsWith("_FAILED", StringComparison.Ordinal) => $"failed: {what}: {progress.Reason ?? status}",
            var status => $"{what}: {status.ToLowerInvariant().Replace('_', ' ')}",
        };
    }

    private void Say(string line)
    {
        _picture?.Clear();
        Terminal.Say(line);
        Draw();
    }

    private void Draw()
    {
        if (_picture is null) return;
        var shown = string.Join(", ", _working.Take(MaxShown));
        _picture.Draw(shown.Length == 0 ? [] : [$"  … {shown}{(_working.Count > MaxShown ? ", …" : "")}"], Console.WindowWidth);
    }
}
