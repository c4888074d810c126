using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>Copies a container's checkpoints to S3 while it runs, deletions too. There is no last copy when it ends.</summary>
internal sealed class CheckpointSync(TrainingJob job, TrainingFolder folder, S3Files files)
{
    private readonly Dictionary<string, (long Size, DateTime Time)> _known = [];

    public async Task RunOnceAsync()
    {
        if (job.Request["CheckpointConfig"].Text("S3Uri") is not { } target || !Directory.Exists(folder.Checkpoints)) return;
        var uri = target.TrimEnd('/');
        var there = new HashSet<string>();
        foreach (var file in Directory.GetFiles(folder.Checkpoints, "*", SearchOption.AllDirectories))
        {
            var name = file[(folder.Checkpoints.Length + 1)..];
            var info = new FileInfo(file);
            there.Add(name);
            if (!info.Exists || (_known.TryGetValue(name, out var known) && known == (info.Length, info.LastWriteTimeUtc))) continue;
            _known[name] = (info.Length, info.LastWriteTimeUtc);
            try
            {
                await files.UploadAsync($"{uri}/{name}", file);
            }
            catch (IOException)
            {
                // The container has moved or removed the file.
                _known.Remove(name);
            }
        }
        foreach (var name in _known.Keys.Where(name => !there.Contains(name)).ToArray())
        {
            _known.Remove(name);
            await files.DeleteAsync($"{uri}/{name}");
        }
    }
}
