using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Hosting.Keys;

/// <summary>Keys in a JSON file that only its owner can read. It is replaced whole, so a reader never sees half of it.</summary>
/// <param name="path">As it is configured; relative to the working folder.</param>
public sealed class KeysFile(string path)
{
    // A thousand keys and their revoked predecessors are far below.
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The path as it is configured, for messages.</summary>
    public string Name => path;

    private string FullPath { get; } = Path.GetFullPath(path);

    /// <summary>Tells apart two states of the file; null where there is none.</summary>
    public (DateTime Written, long Length)? Stamp() => new FileInfo(FullPath) is { Exists: true } found ? (found.LastWriteTimeUtc, found.Length) : null;

    /// <summary>All keys, also revoked ones; none where there is no file.</summary>
    /// <exception cref="KeysFileException">The file is damaged: what, and where.</exception>
    public IReadOnlyList<StoredKey> Read()
    {
        FileInfo found = new(FullPath);
        if (!found.Exists)
        {
            return [];
        }

        if (found.Length > MaxBytes)
        {
            throw new KeysFileException($"'{path}' has {found.Length} bytes, expected at most {MaxBytes}");
        }

        KeysDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(File.ReadAllBytes(FullPath), KeysJson.Default.KeysDocument);
        }
        catch (JsonException wrong)
        {
            throw new KeysFileException($"'{path}' is no list of keys: {wrong.Message}", wrong);
        }

        var keys = document?.Keys ?? [];
        for (var i = 0; i < keys.Count; i++)
        {
            if ((keys[i] is null ? "found null" : keys[i].Fault()) is { } fault)
            {
                throw new KeysFileException($"'{path}', keys[{i}]: {fault}");
            }
        }

        return keys.DistinctBy(key => key.Id).Count() == keys.Count ? keys : throw new KeysFileException($"'{path}' has two keys of the same id");
    }

    /// <summary>Changes the keys while no other process does.</summary>
    public void Change(Func<IReadOnlyList<StoredKey>, IReadOnlyList<StoredKey>> change)
    {
        if (Path.GetDirectoryName(FullPath) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        using var held = Lock();
        var temporary = $"{FullPath}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, Own(FileMode.CreateNew)))
            {
                JsonSerializer.Serialize(file, new KeysDocument(change(Read())), KeysJson.Default.KeysDocument);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, FullPath, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // The lock's file stays, so that nobody locks one that another has removed.
    private FileStream Lock()
    {
        try
        {
            var options = Own(FileMode.OpenOrCreate);
            options.Share = FileShare.None;
            return new FileStream(FullPath + ".lock", options);
        }
        catch (IOException failure) when (File.Exists(FullPath + ".lock"))
        {
            throw new IOException($"'{path}' is being changed by another process; try again", failure);
        }
    }

    private static FileStreamOptions Own(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}

internal sealed record KeysDocument([property: JsonPropertyName("keys"), JsonRequired] IReadOnlyList<StoredKey> Keys);

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeysDocument))]
internal sealed partial class KeysJson : JsonSerializerContext;

/// <summary>A file of keys is damaged; the message says what, and where.</summary>
public sealed class KeysFileException(string message, Exception? cause = null) : IOException(message, cause);
