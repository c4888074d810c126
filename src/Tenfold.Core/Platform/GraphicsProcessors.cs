namespace Tenfold.Core.Platform;

/// <summary>The graphics processors of this machine.</summary>
public static class GraphicsProcessors
{
    private const int Most = 64;

    /// <summary>Their ids, as <c>CUDA_VISIBLE_DEVICES</c> takes them: those of <c>/dev/nvidia0</c>, <c>/dev/nvidia1</c>, …</summary>
    public static IReadOnlyList<string> Ids() =>
        [.. Enumerable.Range(0, Most).Where(i => File.Exists($"/dev/nvidia{i}")).Select(i => $"{i}")];
}
