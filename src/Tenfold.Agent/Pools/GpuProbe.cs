using System.Globalization;
using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Pools;

/// <summary>Asks <c>nvidia-smi</c> whether anybody uses the graphics processors of this machine.</summary>
/// <param name="devices">The graphics processors.</param>
/// <param name="path">The folders in which programs are found; null for the usual ones.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// Source: the manual of nvidia-smi. The utilisation is the share of the last sample in which a kernel ran: 0 while a program loads data.
/// So a process that has opened a graphics processor counts as use, whatever the utilisation is.
/// </remarks>
internal sealed class GpuProbe(IReadOnlyList<string> devices, string? path, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string[][] Questions =
    [
        ["--query-compute-apps=pid", "--format=csv,noheader"], ["--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"],
    ];

    /// <summary>Asks.</summary>
    public async Task<GpuUse> ReadAsync(CancellationToken cancellationToken)
    {
        if (devices.Count == 0) return GpuUse.Free;
        if (SearchPath.Find("nvidia-smi", path) is not { } program) return GpuUse.Unknown;
        foreach (var question in Questions)
        {
            if (await AskAsync(program, question, cancellationToken) is not { } answer) return GpuUse.Unknown;
            if (NamesUse(answer)) return GpuUse.Busy;
        }

        return GpuUse.Free;
    }

    // Process ids, or percents. What a device doesn't support is in brackets.
    private static bool NamesUse(string answer) => answer.Split('\n').Any(
        line => int.TryParse(line.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0);

    private async Task<string?> AskAsync(string program, string[] question, CancellationToken cancellationToken)
    {
        try
        {
            var process = ChildProcess.Start(
                new ProcessStart
                {
                    Program = program,
                    Arguments = question,
                    Environment = new Dictionary<string, string> { ["PATH"] = path ?? "", ["LC_ALL"] = "C" },
                    CaptureOutput = true,
                },
                time);
            // A driver that hangs must not hang the agent.
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var killing = either.Token.Register(process.Kill);
            using var errors = new FileStream(process.Error!, FileAccess.Read);
            using var reader = new StreamReader(new FileStream(process.Output!, FileAccess.Read), Encoding.UTF8);
            var discarding = errors.CopyToAsync(Stream.Null, either.Token);
            var answer = await reader.ReadToEndAsync(either.Token);
            await discarding;
            return (await process.Ended.WaitAsync(either.Token)).ExitCode == 0 ? answer : null;
        }
        catch (Exception e) when (e is ProcessStartException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}

/// <summary>What is known of the use of graphics processors.</summary>
internal enum GpuUse
{
    /// <summary>Nobody uses them, or there are none.</summary>
    Free,

    /// <summary>Somebody uses them.</summary>
    Busy,

    /// <summary>They can't be asked. They may be in use.</summary>
    Unknown,
}
