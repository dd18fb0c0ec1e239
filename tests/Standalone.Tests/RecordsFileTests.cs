using System.Text.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>The program as it is started without any server: what it predicted is there after a restart, and the commands read it without one.</summary>
public sealed class RecordsFileTests : IDisposable
{
    // The target date of a prediction for a week from then is in the file.
    private readonly string _asOf;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("standalone-");

    public RecordsFileTests()
    {
        Directory.CreateDirectory(Prices);
        var lines = Golden.PriceLines(Golden.Delta).ToArray();
        File.WriteAllLines(Path.Combine(Prices, "BTC.csv"), lines);
        _asOf = lines[^31].Split(',')[0][..10];
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Prices => Path.Combine(_folder.FullName, "prices");

    private string RecordsFile => Path.Combine(_folder.FullName, "data", "coinsphere.db");

    // The default of the file, wherever the program runs.
    private (string, string?)[] Environment =>
    [
        ("PORT", "0"), ("Schedule__Every", "0"), ("Prices__Folder", Prices),
        ("MODEL_CHECKPOINT_DIR", Repository.Checkpoints), ("Records__File", null), ("ENVIRONMENT", null),
        ("DATABASE_URL", null), ("REDIS_HOST", null), ("ML_SERVICE_URL", null),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task WhatWasPredicted_IsThereAfterAKill_AndCommandsReadItWithoutAServer()
    {
        string id;
        await using (var first = RunningProgram.Start("Standalone", folder: _folder.FullName, environment: Environment))
        {
            using var client = new HttpClient { BaseAddress = await first.ListeningAsync() };
            await first.WroteAsync("database  data/coinsphere.db");
            // The target date of this one is long past, and so it is scored at the next start.
            var answer = await (await client.PostAsJsonAsync("/predict", new { symbol = "BTC", asOf = _asOf }, Cancel)).Content
                .ReadFromJsonAsync<PredictionAnswer>(Cancel);
            id = answer!.PredictionId;
            await Until.True(async () => (await HistoryAsync(client)).Total == 1, "a recorded prediction");
            await first.KillAsync();
        }

        await using var second = RunningProgram.Start("Standalone", folder: _folder.FullName, environment: Environment);
        using var again = new HttpClient { BaseAddress = await second.ListeningAsync() };
        await Until.True(async () => (await HistoryAsync(again)).History is [{ WasCorrect: not null } row] && row.Id == id, "a scored prediction");
        var history = await CommandAsync("history", "BTC", "--json");
        Assert.Equal(id, JsonSerializer.Deserialize<PredictionHistory>(history.Output)!.History.Single().Id);
        await second.KillAsync();

        Assert.Equal(history, await CommandAsync("history", "BTC", "--json"));
        Assert.Equal(0, (await CommandAsync("accuracy", "BTC")).Code);
        var replay = await CommandAsync("replay", id);
        Assert.True(replay.Code == 0, replay.Output + replay.Errors);
        Assert.Contains("equal to every recorded digit", replay.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandsWithoutAFile_CreateNone()
    {
        var history = await CommandAsync("history", "BTC");
        var replay = await CommandAsync("replay", "00");
        await CommandAsync("predict", "BTC", "--as-of", _asOf);

        Assert.Equal((1, 1), (history.Code, replay.Code));
        Assert.Equal("BTC: records_unavailable: nothing has been recorded: there is no file 'data/coinsphere.db' (Records:File)\n", history.Errors);
        Assert.Equal("nothing has been recorded: there is no file 'data/coinsphere.db' (Records:File)\n", replay.Errors);
        Assert.False(Directory.Exists(Path.GetDirectoryName(RecordsFile)));
    }

    [Fact]
    public async Task DamagedFile_IsNotedAndLeftAsItIs_WhileAnswersGoOn()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RecordsFile)!);
        var noise = new byte[20_000];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(RecordsFile, noise, Cancel);

        await using var program = RunningProgram.Start("Standalone", folder: _folder.FullName, environment: Environment);
        using var client = new HttpClient { BaseAddress = await program.ListeningAsync() };
        Assert.Equal(200, (int)(await client.PostAsJsonAsync("/predict", new { symbol = "BTC" }, Cancel)).StatusCode);
        await Until.True(async () => await NoteAsync(client) is { } note && note.StartsWith(
            "records-file: predictions are not recorded: 'data/coinsphere.db' (Records:File) is no SQLite database", StringComparison.Ordinal), "a note");
        using var refused = await client.GetAsync("/api/v1/predictions/BTC/history", Cancel);

        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Contains("is no SQLite database, and is left as it is", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(noise, await File.ReadAllBytesAsync(RecordsFile, Cancel));
        var doctor = await CommandAsync("doctor");
        Assert.Contains("is no SQLite database", doctor.Output, StringComparison.Ordinal);
    }

    private Task<CommandResult> CommandAsync(params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", arguments, _folder.FullName, Environment);

    // The worker's report comes a moment after the start.
    private static async Task<string?> NoteAsync(HttpClient client)
    {
        using var ready = await client.GetAsync("/health/ready", Cancel);
        var notes = (await ready.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("notes");
        return notes.EnumerateArray().Select(note => note.GetString()).SingleOrDefault();
    }

    private static async Task<PredictionHistory> HistoryAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<PredictionHistory>("/api/v1/predictions/BTC/history", Cancel))!;
}
