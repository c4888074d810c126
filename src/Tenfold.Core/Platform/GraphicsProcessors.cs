namespace Tenfold.Core.Platform;

/// <summary>The graphics processors of this machine.</summary>
public static class GraphicsProcessors
{
    private const int MaxCount = 64;

    /// <summary>Their ids for <c>CUDA_VISIBLE_DEVICES</c>, from the devices <c>/dev/nvidia0</c>, <c>/dev/nvidia1</c>, …</summary>
    public static IReadOnlyList<string> Ids() =>
        [.. Enumerable.Range(0, MaxCount).Where(i => File.Exists($"/dev/nvidia{i}")).Select(i => $"{i}")];
}
