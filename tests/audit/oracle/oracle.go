// Oracle is the other side of exchange.cpp, by golang.org/x/mod/sumdb/note and sumdb/tlog; it says
// there what is in a folder.
//
// usage: oracle write FOLDER COUNT SEED
//
//	oracle read FOLDER
//	oracle trail FOLDER      what pcx says of a trail in a database, as JSON (see real_trail)
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	leaves     = 70000
	edges      = 20
	tileHeight = 8
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func require(holds bool, format string, arguments ...any) {
	if !holds {
		check(fmt.Errorf(format, arguments...))
	}
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	check(err)
	return value
}

func unbase64(text string) []byte {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	check(err)
	return data
}

func listOf(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ",")
}

func wordsOf(list string) []string {
	if list == "-" {
		return nil
	}
	return strings.Split(list, ",")
}

func listOfHashes(hashes []tlog.Hash) string {
	var words []string
	for _, hash := range hashes {
		words = append(words, hash.String())
	}
	return listOf(words)
}

func hashesOf(list string) []tlog.Hash {
	hashes := []tlog.Hash{}
	for _, word := range wordsOf(list) {
		hash, err := tlog.ParseHash(word)
		check(err)
		hashes = append(hashes, hash)
	}
	return hashes
}

func forEachLine(path string, work func(fields []string)) int {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	lines := 0
	for ; scanner.Scan(); lines++ {
		work(strings.Split(scanner.Text(), " "))
	}
	check(scanner.Err())
	return lines
}

// pcx's paths leave out the height, which is always 8.
func pathOf(folder string, tile tlog.Tile) string {
	return filepath.Join(folder, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
}

type tiles struct{ folder string }

func (tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		hashes, err := os.ReadFile(pathOf(t.folder, tile))
		if err != nil {
			return nil, err
		}
		data = append(data, hashes)
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// --- notes

// Go reads base64 less strictly than pcx: bits that no byte needs may be anything.
func isStrict(message []byte) bool {
	lines := strings.Split(string(message[bytes.LastIndex(message, []byte("\n\n"))+2:]), "\n")
	for _, line := range lines[:len(lines)-1] {
		_, err := base64.StdEncoding.Strict().DecodeString(line[strings.LastIndex(line, " ")+1:])
		if err != nil {
			return false
		}
	}
	return true
}

func verdict(message []byte, keys []string) string {
	var known []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		check(err)
		known = append(known, verifier)
	}
	opened, err := note.Open(message, note.VerifierList(known...))
	if err != nil || !isStrict(message) {
		return "-"
	}
	var ids []string
	for _, signature := range opened.Sigs {
		ids = append(ids, fmt.Sprintf("%08x", signature.Hash))
	}
	return listOf(ids)
}

func readNotes(folder string) {
	refused := 0
	lines := forEachLine(filepath.Join(folder, "notes"), func(fields []string) {
		message := unbase64(fields[2])
		found := verdict(message, wordsOf(fields[0]))
		require(found == fields[1], "%s, not %s:\n%s", found, fields[1], message)
		if found == "-" {
			refused++
		}
	})
	fmt.Println(lines, "notes, of them", refused, "refused")
}

func damaged(message []byte, random *rand.Rand) []byte {
	at := random.Intn(len(message))
	switch random.Intn(4) {
	case 0:
		message[at] ^= 1 << random.Intn(8)
	case 1:
		message = append(message[:at:at], message[at+1:]...)
	case 2:
		message = append(append(message[:at:at], "\n =A\t+"[random.Intn(6)]), message[at:]...)
	default:
		message = append(message, message[bytes.LastIndex(message, []byte("—")):]...)
	}
	return message
}

func writeNotes(folder string, count int, random *rand.Rand) {
	var signers []note.Signer
	var keys []string
	for i := 0; i < 4; i++ {
		signing, verifying, err := note.GenerateKey(random, fmt.Sprintf("go%d.example/é", i/2))
		check(err)
		signer, err := note.NewSigner(signing)
		check(err)
		signers, keys = append(signers, signer), append(keys, verifying)
	}
	pieces := []string{"a", "Z9+/=", " ", "\n", "\n\n", "— ", "é", "😀"}
	var lines strings.Builder
	for i := 0; i < count; i++ {
		text := ""
		for n := random.Intn(30); n > 0; n-- {
			text += pieces[random.Intn(len(pieces))]
		}
		first := random.Intn(len(signers))
		last := first + 1 + random.Intn(len(signers)-first)
		message, err := note.Sign(&note.Note{Text: text + "\n"}, signers[first:last]...)
		check(err)
		if i%2 == 1 {
			message = damaged(message, random)
		}
		var known []string
		for k := random.Intn(2); k < len(keys); k += 1 + random.Intn(2) {
			known = append(known, keys[k])
		}
		fmt.Fprintln(&lines, listOf(known), verdict(message, known),
			base64.StdEncoding.EncodeToString(message))
	}
	check(os.WriteFile(filepath.Join(folder, "notes"), []byte(lines.String()), 0o644))
}

// --- a tree

// What is known: the verifier key, and what checkpoints say that it has signed.
type reader struct {
	folder string
	roots  map[int64]tlog.Hash
	edges  []int64
}

func (r *reader) readCheckpoints() {
	key, err := os.ReadFile(filepath.Join(r.folder, "key"))
	check(err)
	verifier, err := note.NewVerifier(string(key))
	check(err)
	forEachLine(filepath.Join(r.folder, "checkpoints"), func(fields []string) {
		opened, err := note.Open(unbase64(fields[0]), note.VerifierList(verifier))
		check(err)
		tree, err := tlog.ParseTree([]byte(opened.Text))
		check(err)
		require(string(tlog.FormatTree(tree)) == opened.Text, "a checkpoint with another text")
		r.roots[tree.N] = tree.Hash
	})
	fmt.Println(len(r.roots), "checkpoints")
}

// Every hash of every tile, authenticated by tlog against the root of each tree.
func (r *reader) readTiles() {
	forEachLine(filepath.Join(r.folder, "edges"), func(fields []string) {
		size := number(fields[0])
		r.edges = append(r.edges, size)
		if size == 0 {
			return
		}
		hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: r.roots[size]}, tiles{r.folder})
		var indexes []int64
		for level := int64(1); size >= level; level *= 1 << tileHeight {
			for n := int64(0); n < size/level; n++ {
				height := 0
				for l := level; l > 1; l /= 2 {
					height++
				}
				indexes = append(indexes, tlog.StoredHashIndex(height, n))
			}
		}
		_, err := hashes.ReadHashes(indexes)
		check(err)
		root, err := tlog.TreeHash(size, hashes)
		check(err)
		require(root == r.roots[size], "tiles of another tree")
	})
	fmt.Println(len(r.edges), "trees of tiles")
}

func (r *reader) readProofs() {
	size := r.edges[len(r.edges)-1]
	largest := tlog.TileHashReader(tlog.Tree{N: size, Hash: r.roots[size]}, tiles{r.folder})
	lines := forEachLine(filepath.Join(r.folder, "inclusion"), func(fields []string) {
		size, index, proof := number(fields[0]), number(fields[1]), hashesOf(fields[3])
		leaf := tlog.RecordHash(unbase64(fields[2]))
		check(tlog.CheckRecord(proof, size, r.roots[size], index, leaf))
		ours, err := tlog.ProveRecord(size, index, largest)
		check(err)
		require(listOfHashes(ours) == fields[3], "another inclusion proof")
	})
	fmt.Println(lines, "inclusion proofs")
	lines = forEachLine(filepath.Join(r.folder, "consistency"), func(fields []string) {
		old, size, proof := number(fields[0]), number(fields[1]), hashesOf(fields[2])
		check(tlog.CheckTree(proof, size, r.roots[size], old, r.roots[old]))
		ours, err := tlog.ProveTree(size, old, largest)
		check(err)
		require(listOfHashes(ours) == fields[2], "another consistency proof")
	})
	fmt.Println(lines, "consistency proofs")
}

// A log that keeps its hashes in memory, in tlog's order.
type writer struct {
	folder      string
	random      *rand.Rand
	signer      note.Signer
	data        [][]byte
	hashes      []tlog.Hash
	checkpoints map[int64][]byte
}

func (w *writer) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = w.hashes[index]
	}
	return found, nil
}

func newWriter(folder string, random *rand.Rand) *writer {
	signing, verifying, err := note.GenerateKey(random, "go.example/log")
	check(err)
	signer, err := note.NewSigner(signing)
	check(err)
	check(os.MkdirAll(folder, 0o755))
	check(os.WriteFile(filepath.Join(folder, "key"), []byte(verifying), 0o644))
	w := &writer{folder: folder, random: random, signer: signer, checkpoints: map[int64][]byte{}}
	for i := int64(0); i < leaves; i++ {
		data := []byte(fmt.Sprintf("record %d %d", i, random.Intn(1000)))
		hashes, err := tlog.StoredHashes(i, data, w)
		check(err)
		w.data, w.hashes = append(w.data, data), append(w.hashes, hashes...)
	}
	return w
}

// A size whose root is in a checkpoint.
func (w *writer) sized(size int64) int64 {
	if w.checkpoints[size] == nil {
		root, err := tlog.TreeHash(size, w)
		check(err)
		text := string(tlog.FormatTree(tlog.Tree{N: size, Hash: root}))
		w.checkpoints[size], err = note.Sign(&note.Note{Text: text}, w.signer)
		check(err)
	}
	return size
}

func (w *writer) writeTiles() {
	var lines strings.Builder
	size := int64(0)
	for i := 1; i <= edges; i++ {
		old := size
		size += 1 + w.random.Int63n(2*leaves/edges)
		if size > leaves || i == edges {
			size = leaves
		}
		for _, tile := range tlog.NewTiles(tileHeight, old, size) {
			width := size >> (tileHeight * tile.L) % 256
			if tile.W != 256 && int64(tile.W) != width {
				continue // of a size in between
			}
			data, err := tlog.ReadTileData(tile, w)
			check(err)
			path := pathOf(w.folder, tile)
			check(os.MkdirAll(filepath.Dir(path), 0o755))
			check(os.WriteFile(path, data, 0o644))
		}
		fmt.Fprintln(&lines, w.sized(size))
	}
	check(os.WriteFile(filepath.Join(w.folder, "edges"), []byte(lines.String()), 0o644))
}

func (w *writer) writeProofs(count int) {
	var inclusion, consistency strings.Builder
	for i := 0; i < count; i++ {
		size := w.sized(1 + w.random.Int63n([]int64{leaves, 300}[i%2]))
		index := w.random.Int63n(size)
		path, err := tlog.ProveRecord(size, index, w)
		check(err)
		fmt.Fprintln(&inclusion, size, index, base64.StdEncoding.EncodeToString(w.data[index]),
			listOfHashes(path))
		old := w.sized(1 + w.random.Int63n(size))
		proof, err := tlog.ProveTree(size, old, w)
		check(err)
		fmt.Fprintln(&consistency, old, size, listOfHashes(proof))
	}
	check(os.WriteFile(filepath.Join(w.folder, "inclusion"), []byte(inclusion.String()), 0o644))
	check(os.WriteFile(filepath.Join(w.folder, "consistency"), []byte(consistency.String()), 0o644))
}

func (w *writer) writeCheckpoints() {
	var lines []string
	for _, message := range w.checkpoints {
		lines = append(lines, base64.StdEncoding.EncodeToString(message)+"\n")
	}
	sort.Strings(lines)
	check(os.WriteFile(filepath.Join(w.folder, "checkpoints"), []byte(strings.Join(lines, "")), 0o644))
}

// What `pcx audit verify --record` and `pcx audit anchor --since` print, of both what there is.
type proofOfTrail struct {
	Data struct {
		Index      int64
		Leaf       string
		Size       int64
		Root       string
		Checkpoint string
		Note       string
		OldSize    int64  `json:"old_size"`
		OldRoot    string `json:"old_root"`
		NewSize    int64  `json:"new_size"`
		NewRoot    string `json:"new_root"`
		Proof      []string
	}
}

// The size and root of a checkpoint that the key has signed.
func openCheckpoint(text string, verifiers note.Verifiers) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(text), verifiers)
	check(err)
	lines := strings.Split(opened.Text, "\n")
	require(len(lines) == 5 && strings.HasPrefix(lines[0], "purple-cross/audit/"), "no checkpoint: %q", text)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return number(lines[1]), root
}

func readTrailProof(path string, verifiers note.Verifiers) {
	text, err := os.ReadFile(path)
	check(err)
	var proof proofOfTrail
	check(json.Unmarshal(text, &proof))
	data := proof.Data
	hashes := hashesOf(listOf(data.Proof))
	if data.Leaf == "" {
		size, root := openCheckpoint(data.Note, verifiers)
		old, err := tlog.ParseHash(data.OldRoot)
		check(err)
		require(size == data.NewSize && root.String() == data.NewRoot, "%s: another tree", path)
		check(tlog.CheckTree(hashes, size, root, data.OldSize, old))
		require(tlog.CheckTree(hashes, size, root, data.OldSize, tlog.RecordHash(nil)) != nil, "%s: any root", path)
		return
	}
	size, root := openCheckpoint(data.Checkpoint, verifiers)
	leaf, err := tlog.ParseHash(data.Leaf)
	check(err)
	require(size == data.Size && root.String() == data.Root, "%s: another tree", path)
	check(tlog.CheckRecord(hashes, size, root, data.Index, leaf))
	require(tlog.CheckRecord(hashes, size, root, data.Index, tlog.RecordHash(nil)) != nil, "%s: any leaf", path)
}

func readTrail(folder string) {
	key, err := os.ReadFile(filepath.Join(folder, "key"))
	check(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	check(err)
	verifiers := note.VerifierList(verifier)
	checkpoints := forEachLine(filepath.Join(folder, "checkpoints"), func(fields []string) {
		openCheckpoint(string(unbase64(fields[0])), verifiers)
	})
	proofs, err := filepath.Glob(filepath.Join(folder, "proof-*.json"))
	check(err)
	for _, path := range proofs {
		readTrailProof(path, verifiers)
	}
	require(checkpoints > 0 && len(proofs) > 0, "nothing to check")
	fmt.Printf("%d checkpoints, %d proofs\n", checkpoints, len(proofs))
}

func main() {
	words := os.Args[1:]
	switch {
	case len(words) == 4 && words[0] == "write":
		count, random := int(number(words[2])), rand.New(rand.NewSource(number(words[3])))
		w := newWriter(words[1], random)
		w.writeTiles()
		w.writeProofs(count)
		w.writeCheckpoints()
		writeNotes(words[1], count, random)
	case len(words) == 2 && words[0] == "read":
		r := &reader{folder: words[1], roots: map[int64]tlog.Hash{}}
		r.readCheckpoints()
		r.readTiles()
		r.readProofs()
		readNotes(words[1])
	case len(words) == 2 && words[0] == "trail":
		readTrail(words[1])
	default:
		fmt.Fprintln(os.Stderr, "oracle: write FOLDER COUNT SEED, or read FOLDER, or trail FOLDER")
		os.Exit(64)
	}
}
