using System.Security.Cryptography;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Dapper;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>A file of records that cannot be used: answers go on, readiness has one note, and what ends by itself is recorded after all.</summary>
public sealed class FileFaultTests : IAsyncDisposable
{
    private FileStore _store = new();
    private DatabaseWorker? _worker;
    private int _predicted;

    // Callers get no paths.
    private string Name => Path.GetFileName(_store.File);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DatabaseWorker Worker => _worker!;

    // The test's clock is another one than that of messages.
    private string[] Notes => [.. Worker.Services.GetRequiredService<Conditions>().Notes.Where(note => !note.StartsWith("clock: ", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LockOfAnotherProgram_DelaysWhatIsRecorded(bool fromTheStart)
    {
        await StartAsync();
        if (fromTheStart)
        {
            await Worker.DisposeAsync();
        }

        await using (var other = _store.Open())
        {
            await other.ExecuteAsync("begin exclusive");
            if (fromTheStart)
            {
                await StartAsync(isUsable: false);
            }

            var id = await PredictAsync();
            await UntilNoteAsync($"'{Name}' (Records:File) is locked by another program: it is tried again until that one is done");
            await other.ExecuteAsync("rollback");
            await UntilRecordedAsync(id);
        }
    }

    [Fact]
    public async Task FullDisk_DelaysWhatIsRecorded()
    {
        using var disk = new SmallDisk();
        await UseAsync(disk.File);
        await StartAsync();
        disk.Fill();

        // What a log of its own still takes is recorded.
        var ids = await PredictAsync(20);
        await UntilNoteAsync($"there is no space left for '{Name}' (Records:File): free some");
        disk.Free();
        await UntilRecordedAsync(ids);
    }

    [Fact]
    public async Task ReadOnlyDisk_DelaysWhatIsRecorded()
    {
        using var disk = new SmallDisk();
        await UseAsync(disk.File);
        await StartAsync();
        disk.MakeReadOnly();

        var id = await PredictAsync();
        await UntilNoteAsync($"'{Name}' (Records:File) cannot be opened: expected a file in a folder that this user may write to");
        disk.MakeWritable();
        await UntilRecordedAsync(id);
    }

    // As SQLite of a later version leaves a file that this one may read and not write.
    [Fact]
    public async Task ReadOnlyFile_IsNotedAndRead_AndRecordedToOnceItMayBeWrittenTo()
    {
        await StartAsync();
        var id = await PredictAsync();
        await UntilRecordedAsync(id);
        await Worker.DisposeAsync();
        await SetWriteVersionAsync(3);

        await StartAsync(isUsable: false);
        var waiting = await PredictAsync();
        await UntilNoteAsync($"'{Name}' (Records:File) is read-only for this user: allow writing to the file and its folder");
        Assert.Equal(id, Assert.Single((await HistoryAsync()).Answer!.History).Id);
        await SetWriteVersionAsync(2);
        await UntilRecordedAsync(waiting);

        async Task SetWriteVersionAsync(byte version)
        {
            await using var file = File.OpenWrite(_store.File);
            file.Position = 18;
            file.WriteByte(version);
        }
    }

    [Theory]
    [InlineData("header", "is no SQLite database, and is left as it is: move it away, or set another path")]
    [InlineData("pages", "is damaged, and is left as it is: stop the service, and move it away with its -wal file, or put a copy in its place (")]
    [InlineData("end", "is damaged, and is left as it is: stop the service, and move it away with its -wal file, or put a copy in its place (")]
    [InlineData("newer", "was written by a newer release, which added 9999_later, and is left as it is: start that release, or set another path")]
    [InlineData("foreign", "is a database of another program, and is left as it is: set the path of a file of its own")]
    public async Task FileOfNoUse_IsLeftAsItIs_UntilAnotherOneIsThere(string damage, string text)
    {
        await StartAsync();
        await UntilRecordedAsync(await PredictAsync(20));
        await Worker.DisposeAsync();
        var sound = await File.ReadAllBytesAsync(_store.File, Cancel);
        await DamageAsync(damage);
        var before = Hash();

        await StartAsync(isUsable: false);
        var id = await PredictAsync();
        await UntilNoteAsync($"'{Name}' (Records:File) {text}");
        var refused = await HistoryAsync();
        Assert.Equal(RefusalReason.RecordsUnavailable, refused.Refusal?.Reason);
        Assert.StartsWith($"'{Name}' (Records:File) {text}", refused.Refusal!.Detail, StringComparison.Ordinal);
        Assert.Equal(before, Hash());

        File.Delete(_store.File + "-wal");
        await File.WriteAllBytesAsync(_store.File, sound, Cancel);
        await UntilRecordedAsync(id);
        Assert.Equal(21, (await HistoryAsync()).Answer!.Total);
    }

    [Fact]
    public async Task FileDamagedWhileItIsUsed_IsLeftAsItIs()
    {
        await StartAsync();
        await UntilRecordedAsync(await PredictAsync(20));
        await DamageAsync("pages");

        await PredictAsync(5);
        await UntilNoteAsync($"'{Name}' (Records:File) is damaged, and is left as it is");
        var before = Hash();
        await PredictAsync(10);
        Assert.Equal(RefusalReason.RecordsUnavailable, (await HistoryAsync()).Refusal?.Reason);
        Assert.Equal(before, Hash());
    }

    [Fact]
    public async Task FileThatIsRemoved_IsBegunAnew()
    {
        await StartAsync();
        await UntilRecordedAsync(await PredictAsync());
        Directory.Delete(Path.GetDirectoryName(_store.File)!, recursive: true);

        var id = await PredictAsync();
        await UntilRecordedAsync(id);
        Assert.Equal(id, Assert.Single((await HistoryAsync()).Answer!.History).Id);
    }

    [Theory]
    [InlineData("/proc/coinsphere/records.db")]
    [InlineData("/dev/null/records.db")]
    public async Task FolderThatCannotBeCreated_IsNoted(string path)
    {
        await UseAsync(path);
        await StartAsync(isUsable: false);
        await PredictAsync();

        await UntilNoteAsync($"'{Path.GetFileName(path)}' (Records:File) cannot be ");
        var refused = await HistoryAsync();
        Assert.Equal(RefusalReason.RecordsUnavailable, refused.Refusal?.Reason);
        Assert.Contains($"there is no file '{Path.GetFileName(path)}'", refused.Refusal!.Detail, StringComparison.Ordinal);
    }

    // A folder, in place of the file.
    [Fact]
    public async Task FolderInPlaceOfTheFile_IsNoted()
    {
        Directory.CreateDirectory(_store.File);
        await StartAsync(isUsable: false);
        await PredictAsync();

        await UntilNoteAsync($"'{Name}' (Records:File) cannot be opened: expected a file");
    }

    private async Task UseAsync(string path)
    {
        await _store.DisposeAsync();
        _store = new(path);
    }

    private async Task StartAsync(bool isUsable = true)
    {
        _store.WritePrices("BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)));
        _worker = await (isUsable ? DatabaseWorker.StartAsync(_store) : DatabaseWorker.StartWithoutTablesAsync(_store));
    }

    private async Task<string> PredictAsync() => (await PredictAsync(1))[0];

    // Each of another day.
    private async Task<string[]> PredictAsync(int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var asOf = new DateOnly(2024, 6, 30).AddDays(-_predicted++).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            ids.Add((await Worker.AskAsync<PredictRequested, PredictionAnswer>(new("BTC") { AsOf = asOf }, Endpoints.Predict)).PredictionId);
        }

        return [.. ids];
    }

    private Task UntilNoteAsync(string text) => Until.True(
        () => Notes is [var note] && note.StartsWith("records-file: predictions are not recorded: " + text, StringComparison.Ordinal),
        () => $"{text}, but: {string.Join("; ", Notes)}", TimeSpan.FromSeconds(30));

    private async Task UntilRecordedAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            await Until.True(
                async () => (await HistoryAsync()).Answer?.History.Any(recorded => recorded.Id == id) == true, id, TimeSpan.FromSeconds(30));
        }

        await Until.True(() => Notes.Length == 0, () => $"no note, but: {string.Join("; ", Notes)}", TimeSpan.FromSeconds(30));
    }

    private async Task<Result<PredictionHistory>> HistoryAsync()
    {
        var client = Worker.Harness.Bus.CreateRequestClient<PredictionHistoryRequested>(Endpoints.Address(Endpoints.Records));
        var response = await client.GetResponse<PredictionHistory, RequestRefused>(new PredictionHistoryRequested("BTC"), Cancel);
        return response.Is(out Response<PredictionHistory>? answer) ? answer.Message : (RequestRefused)response.Message;
    }

    private async Task DamageAsync(string damage)
    {
        // Pages in the log would be read instead of those in the file.
        await _store.ExecuteAsync("pragma wal_checkpoint(truncate)");
        switch (damage)
        {
            case "header":
                await Overwrite(0, 100);
                break;
            case "pages":
                await Overwrite(4096, (int)new FileInfo(_store.File).Length - 4096);
                break;
            case "end":
                await using (var file = File.OpenWrite(_store.File))
                {
                    file.SetLength(file.Length / 2);
                }

                break;
            case "newer":
                await _store.ExecuteAsync("insert into coinsphere_migrations (name, applied_at) values ('9999_later', '')");
                break;
            case "foreign":
                File.Delete(_store.File);
                await _store.ExecuteAsync("create table bookmarks (url text)");
                break;
        }

        async Task Overwrite(int from, int count)
        {
            var noise = new byte[count];
            new Random(1).NextBytes(noise);
            await using var file = File.OpenWrite(_store.File);
            file.Position = from;
            await file.WriteAsync(noise, Cancel);
        }
    }

    private string Hash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_store.File)));
}
