using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Checkpoints.Zip;
using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>
/// Reads files written by <c>torch.save</c> (PyTorch 1.6 and later) without executing anything: the pickle is read as data, with an allow-list; every
/// size is checked before it is used; only the model's own tensors are read, not the optimizer's state.
/// </summary>
public static partial class CheckpointReader
{
    private const int MaxPickleSize = 8 << 20;
    private const int MaxByteOrderSize = 16;

    /// <summary>Reads a checkpoint from a file.</summary>
    /// <param name="path">The file; messages name it as given here.</param>
    /// <exception cref="CheckpointException">It is not a checkpoint of a CryptoLSTM, or is damaged.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static Checkpoint Read(string path) => Inspect(path).Checkpoint;

    /// <summary>Reads a checkpoint from a seekable stream, from its first byte on.</summary>
    /// <param name="stream">The stream; left open.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="CheckpointException">It is not a checkpoint of a CryptoLSTM, or is damaged.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Checkpoint Read(Stream stream, string name) => Inspect(stream, name).Checkpoint;

    /// <summary>Reads a checkpoint from a file, and describes the file's tensors.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static CheckpointReport Inspect(string path)
    {
        if (RegularFile.OtherKind(path) is { } kind)
        {
            throw new CheckpointException(path, "file", $"it is {kind}, expected a regular file");
        }

        // another process may replace the file by renaming another over it
        using var stream = RegularFile.OpenRead(path);
        return Inspect(stream, path);
    }

    /// <summary>Reads a checkpoint from a seekable stream, and describes its tensors.</summary>
    /// <inheritdoc cref="Read(Stream, string)"/>
    public static CheckpointReport Inspect(Stream stream, string name)
    {
        var file = new SourceLocation(name, "file");
        var (root, storages) = Open(stream, file);
        return ReadContent(root, storages, file);
    }

    /// <summary>The pickled content of the file, and the storages of its tensors.</summary>
    internal static (PickleDict Root, TensorStorages Storages) Open(Stream stream, SourceLocation file)
    {
        if (!stream.CanSeek)
        {
            throw file.Refuse("it cannot be read from any position, expected a regular file");
        }

        RefuseOtherFormats(stream, file);
        var zip = StoredZip.Open(stream, file);
        RefuseBigEndian(zip, file);
        var pickle = zip.Find("data.pkl") ?? throw file.Refuse("no zip entry 'data.pkl', expected what torch.save writes");
        var content = Unpickler.Load(zip.Read(pickle, MaxPickleSize), file);
        return content switch
        {
            PickleDict root => (root, new TensorStorages(zip)),
            PickleObject module => throw file.At("data.pkl").Refuse($"it holds {WholeModule(module)}, expected a dict: where the code is, save {Repair}"),
            _ => throw file.At("data.pkl").Refuse($"it holds {PickleValue.Describe(content)}, expected a dict: save {Repair}"),
        };
    }

    private static CheckpointReport ReadContent(PickleDict root, TensorStorages storages, SourceLocation file)
    {
        var numbers = new NumberReader(storages);
        var state = FindStateDict(root, file);
        var tensors = FindTensors(state, file);
        var weights = ReadWeights(tensors.ByName, storages, state, file);
        var scaler = ReadScaler(root.Get("scaler"), numbers, file);
        _ = Dict(root, "config", file); // something else than a dict would be passed over
        var window = ReadWindowSettings(root, state, scaler, numbers, file);
        var sequenceLength = window.Length ?? DefaultSequenceLength;
        var calibrations = ReadCalibrations(root, numbers, file);
        var metadata = ReadMetadata(root, numbers, file);
        var checkpoint = new Checkpoint(
            weights, scaler, sequenceLength, metadata, CheckpointDigest.Compute(weights, scaler, sequenceLength, calibrations))
        {
            Calibrations = calibrations,
        };
        return new CheckpointReport(
            checkpoint, [.. TensorNames.Select(n => new TensorDescription(n, tensors.ByName[n].Storage.Type.Name(), tensors.ByName[n].Shape))])
        {
            WeightsKey = state.Key,
            Prefixes = tensors.Prefixes,
            SequenceLengthKey = window.LengthKey,
            FeaturesKey = window.FeaturesKey,
            HasModelVersion = Dict(root, "metadata", file)?.Get("model_version") is not (null or ""),
            Unread = DescribeUnread(root, state, tensors, window),
        };
    }

    /// <summary>A dict, or the fields of an object as one; it may be missing or None.</summary>
    private static PickleDict? Dict(PickleDict parent, string key, SourceLocation file) => parent.Get(key) switch
    {
        null => null,
        PickleDict dict => dict,
        PickleObject { Content: { } content } => content,
        var other => throw file.At(key).Refuse($"{PickleValue.Describe(other)}, expected a dict, or no such key: save the file without it"),
    };

    private static void RefuseBigEndian(StoredZip zip, SourceLocation file)
    {
        if (zip.Find("byteorder") is { } entry && !zip.Read(entry, MaxByteOrderSize).AsSpan().SequenceEqual("little"u8))
        {
            throw file.At("zip entry 'byteorder'").Refuse("another byte order, expected little");
        }
    }

    private static void RefuseOtherFormats(Stream stream, SourceLocation file)
    {
        Span<byte> start = stackalloc byte[TarSignatureOffset + 5];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith("PK\x03\x04"u8))
        {
            return;
        }

        var pickle = start.StartsWith(LegacyMagic);
        var tar = start.Length > TarSignatureOffset && start[TarSignatureOffset..].SequenceEqual("ustar"u8);
        throw file.Refuse(pickle || tar
            ? $"the legacy {(pickle ? "non-zip" : "tar")} format, expected the zip format: save it again with torch.save of PyTorch 1.6 or later"
            : $"it begins with [{Convert.ToHexStringLower(start[..Math.Min(start.Length, 8)])}], expected a zip as torch.save writes it");
    }

    private const int TarSignatureOffset = 257;

    // a pickle of the long 0x1950a86a20f9469cfc6c, in protocol 2
    private static ReadOnlySpan<byte> LegacyMagic => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
}
