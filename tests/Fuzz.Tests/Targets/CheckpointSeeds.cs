using System.IO.Compression;
using Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>Checkpoints to begin from: one of ours with something of everything, and some that PyTorch wrote.</summary>
internal static class CheckpointSeeds
{
    // the kinds of pickles, each a few kilobytes
    private static readonly string[] Kinds = ["protocol3", "protocol5", "unread", "module", "averaged", "bfloat16"];

    public static TestCheckpoint Rich()
    {
        var checkpoint = new TestCheckpoint()
            .With("best_val_loss", TestCheckpoint.Scalar("f8", BitConverter.GetBytes(0.5)))
            .With("epoch", new TestTensor("epoch", "LongStorage", 1, 0, [], []).Pickled)
            .With("metadata", new Dictionary<object, object?>
            {
                ["model_version"] = "v2",
                ["trained_at"] = "2025-10-12T10:00:00Z",
                ["calibration"] = new[] { "7d", "14d", "30d" }.ToDictionary(name => (object)name, _ => (object?)new Dictionary<object, object?>
                {
                    ["scale"] = 0.5,
                    ["bias"] = new List<object?> { 0.1, 0.0, -0.1 },
                }),
                [1] = null,
            })
            .With("scaler", new NewObject("sklearn.preprocessing._data", "StandardScaler", new Dictionary<object, object?>
            {
                ["n_features_in_"] = 20,
                ["mean_"] = TestCheckpoint.Array("f8", new byte[160], [20]),
                ["scale_"] = TestCheckpoint.Array("i2", new byte[40], [20], "numpy._core.multiarray"),
            }));
        checkpoint.Storages["epoch"] = BitConverter.GetBytes(3L);
        return checkpoint;
    }

    public static IEnumerable<string> OfPyTorch() => Kinds.Select(kind => Golden.PathOf(Path.Join("torch", $"{kind}.pth")));

    public static byte[] PickleOf(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        using var stored = zip.Entries.Single(entry => entry.Name == "data.pkl").Open();
        using var content = new MemoryStream();
        stored.CopyTo(content);
        return content.ToArray();
    }
}
